import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Emit } from '../../system/event.ts';
import { userCacheFolder } from '../../system/files/places.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { runCommand } from '../../system/processes/run-command.ts';
import { caBundleOf } from './ca-bundle.ts';
import type { Java } from './find-java.ts';
import { namesJavaProperty } from './names-java-property.ts';
import { trustStoreBytes } from './trust-store-bytes.ts';

interface TrustContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
}

/**
 * A trust store with what Java trusts itself and the certificates of a proxy that signs connections anew, for Java reads
 * no bundle: --packages could fetch nothing otherwise. It is made once for each bundle. Undefined where there is no bundle,
 * or where the person named a trust store.
 */
export async function javaTrustStore(java: Java, context: TrustContext): Promise<string | undefined> {
  const { environment, emit } = context;
  const bundlePath = caBundleOf(environment);
  if (bundlePath === undefined) return undefined;
  if (namesJavaProperty(environment, 'javax.net.ssl.trustStore')) return undefined;
  const bundle = await readFile(bundlePath, 'utf8').catch((error: NodeJS.ErrnoException) => {
    emit({ kind: 'certificates-unreadable', path: bundlePath, code: String(error.code) });
    return undefined;
  });
  if (bundle === undefined) return undefined;
  const own = await readFile(join(java.home, 'lib', 'security', 'cacerts')).catch(() => Buffer.alloc(0));
  const key = createHash('sha256').update(own).update('\0').update(bundle).digest('hex').slice(0, 16);
  const path = join(userCacheFolder(environment), 'trust-stores', `${key}.jks`);
  if (await canAccess(path)) return path;
  const certificates = certificatesOf((await ownCertificates(java)) + bundle);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, trustStoreBytes(certificates));
    return path;
  } catch (error) {
    // Most jobs fetch nothing: for them a cache that cannot be written is no reason to end.
    const { code } = error as NodeJS.ErrnoException;
    emit({ kind: 'trust-store-failed', path, code: String(code) });
    return undefined;
  }
}

/** What Java trusts by itself, as a bundle; nothing where its keytool does not say. */
async function ownCertificates({ home }: Java): Promise<string> {
  const list = ['-list', '-rfc', '-cacerts', '-storepass', 'changeit'];
  const { exitCode, stdout } = await runCommand(join(home, 'bin', 'keytool'), list, { timeoutMs: 60_000 });
  return exitCode === 0 ? `${stdout}\n` : '';
}

/** Every certificate of a bundle once. One that is damaged is left out, as OpenSSL does; Java would refuse the whole store. */
function certificatesOf(bundle: string): readonly Uint8Array[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = new Map<string, Uint8Array>();
  for (const block of blocks) {
    const certificate = parse(block);
    if (certificate !== undefined) found.set(certificate.fingerprint256, certificate.raw);
  }
  return [...found.values()];
}

function parse(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}
