import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Emit } from '../system/event.ts';
import { userCacheFolder } from '../system/files/places.ts';
import { canAccess } from '../system/files/read-file.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { runCommand } from '../system/processes/run-command.ts';
import { namesJavaProperty } from './java-properties.ts';
import type { Java } from './prerequisites.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The certificates to trust beside the system's, behind a TLS-intercepting proxy: the file that other programs are given, too. */
export function caBundleOf(environment: Environment): string | undefined {
  return environment['SSL_CERT_FILE'] || environment['NODE_EXTRA_CA_CERTS'] || undefined;
}

/** The environment of a program that shall trust a bundle: the variables that Python, OpenSSL and pip read. */
export function withCaBundle(environment: Environment, caBundle: string | undefined): Environment {
  return caBundle === undefined
    ? environment
    : { ...environment, SSL_CERT_FILE: caBundle, PIP_CERT: caBundle };
}

/** The environment for pip: its own setting where there is one, otherwise the bundle. Proxy variables pip reads itself. */
export function pipEnvironment(environment: Environment): Environment {
  const bundle = caBundleOf(environment);
  return {
    ...environment,
    ...(bundle === undefined || environment['PIP_CERT'] ? {} : { PIP_CERT: bundle }),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
}

interface TrustContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
}

/**
 * A trust store with Java's own certificates and those of a TLS-intercepting proxy. Java reads no bundle, so --packages
 * could fetch nothing otherwise. It is made once for each bundle. Undefined where there is no bundle, or where the person
 * named a trust store.
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

/** Java's own certificates as a bundle; empty where its keytool does not list them. */
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
    const certificate = parseCertificate(block);
    if (certificate !== undefined) found.set(certificate.fingerprint256, certificate.raw);
  }
  return [...found.values()];
}

function parseCertificate(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** The first word of a Java key store, the version of its format, and the kind of an entry that is a certificate. */
const storeMagic = 0xfeedfeed;
const storeVersion = 2;
const certificateEntry = 2;

/** The well-known password that seals Java's own trust store. Nothing in the store is secret. */
const storePassword = 'changeit';

/**
 * A trust store for Java that holds these certificates (DER), in Java's own format (JKS), which every Java reads. It is
 * written here because keytool takes one certificate at a time, and half a second for each.
 */
function trustStoreBytes(certificates: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat([
    uint32(storeMagic),
    uint32(storeVersion),
    uint32(certificates.length),
    ...certificates.flatMap((certificate, index) => [
      uint32(certificateEntry),
      shortText(`certificate-${index + 1}`),
      // The date of the entry, which is not used.
      Buffer.alloc(8),
      shortText('X.509'),
      uint32(certificate.length),
      certificate,
    ]),
  ]);
  const seal = createHash('sha1')
    .update(Buffer.from(storePassword, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(content);
  return Buffer.concat([content, seal.digest()]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Java's form of a short text: its length in two bytes, and the text. */
function shortText(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
