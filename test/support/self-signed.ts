import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Java } from '../../src/spark/prerequisites.ts';

export const keyPassword = 'for-tests';

/** A key and a certificate for localhost that nobody trusts, made by Java's keytool. */
export async function selfSigned(
  { home }: Java,
  folder: string,
): Promise<{ readonly keyStore: Buffer; readonly certificate: string }> {
  await mkdir(folder, { recursive: true });
  const store = ['-keystore', join(folder, 'server.p12'), '-storetype', 'PKCS12', '-storepass', keyPassword];
  const keytool = (...words: readonly string[]) => execa(join(home, 'bin', 'keytool'), [...words, ...store]);
  const names = 'san=dns:localhost,ip:127.0.0.1';
  await keytool('-genkeypair', '-keyalg', 'RSA', '-alias', 'server', '-dname', 'CN=localhost', '-ext', names);
  const { stdout: certificate } = await keytool('-exportcert', '-rfc', '-alias', 'server');
  return { keyStore: await readFile(join(folder, 'server.p12')), certificate };
}
