import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { javaTrustStore } from '../../src/spark/certificates.ts';
import type { Java } from '../../src/spark/prerequisites.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { selfSigned } from '../support/self-signed.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

let project: TemporaryProject;
let java: Java;
let events: SparkctlEvent[] = [];

beforeAll(async () => {
  project = temporaryProject();
  java = await testInstallation().java();
});

afterAll(() => project[Symbol.asyncDispose]());

function storeFor(environment: Readonly<Record<string, string>>) {
  events = [];
  return javaTrustStore(java, {
    environment: { SPARKCTL_CACHE: project.path('cache'), ...environment },
    emit: (event) => events.push(event),
  });
}

/** The fingerprints that keytool finds, and that it finds the store whole. */
async function fingerprints(...store: readonly string[]): Promise<readonly string[]> {
  const list = ['-list', '-rfc', ...store, '-storepass', 'changeit'];
  const { stdout, stderr } = await execa(join(java.home, 'bin/keytool'), list);
  expect(stdout + stderr).not.toContain('has not been verified');
  const blocks = stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).fingerprint256).sort();
}

describe('the trust store for Java', () => {
  it("holds Java's own certificates and the bundle's, each once, without the damaged", async () => {
    const { certificate } = await selfSigned(java, project.path('signed'));
    const [root = ''] = rootCertificates;
    const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    const bundle = await project.write('bundle.pem', [certificate, damaged, root, root].join('\n'));
    const store = await storeFor({ SSL_CERT_FILE: bundle });
    const own = await fingerprints('-cacerts');
    const wanted = [certificate, root].map((each) => new X509Certificate(each).fingerprint256);
    expect(await fingerprints('-keystore', store ?? '')).toEqual([...new Set([...own, ...wanted])].sort());
    expect(events).toEqual([]);
    const before = await readFile(store ?? '');
    expect(await storeFor({ NODE_EXTRA_CA_CERTS: bundle })).toBe(store);
    expect((await readFile(store ?? '')).equals(before)).toBe(true);
  });

  it('is not made without a bundle, or where a person has one', async () => {
    const options = '-Djavax.net.ssl.trustStore=/etc/own.jks';
    expect(await storeFor({})).toBeUndefined();
    expect(await storeFor({ SSL_CERT_FILE: '/none.pem', SPARK_SUBMIT_OPTS: options })).toBeUndefined();
    expect(events).toEqual([]);
  });

  it('is done without, and that is said, where the bundle cannot be read or the cache not be written', async () => {
    expect(await storeFor({ SSL_CERT_FILE: '/none.pem' })).toBeUndefined();
    expect(events).toEqual([{ kind: 'certificates-unreadable', path: '/none.pem', code: 'ENOENT' }]);
    const bundle = await project.write('empty.pem', '');
    const cache = await project.write('no-folder', '');
    expect(await storeFor({ SSL_CERT_FILE: bundle, SPARKCTL_CACHE: cache })).toBeUndefined();
    expect(events).toEqual([
      { kind: 'trust-store-failed', path: expect.stringMatching(/\.jks$/), code: 'ENOTDIR' },
    ]);
  });
});
