import { createHash } from 'node:crypto';

/** What a Java key store begins with, its version, and the kind of an entry that is a certificate. */
const magic = 0xfeedfeed;
const version = 2;
const certificateEntry = 2;

/** The password by which Java's own trust store is sealed: everybody knows it, and nothing in the store is secret. */
const password = 'changeit';

/**
 * A trust store for Java that holds these certificates (DER), in Java's own format (JKS), which every Java reads. It is
 * written here because keytool takes one certificate at a time, and half a second for each.
 */
export function trustStoreBytes(certificates: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat([
    uint32(magic),
    uint32(version),
    uint32(certificates.length),
    ...certificates.flatMap((certificate, index) => [
      uint32(certificateEntry),
      text(`certificate-${index + 1}`),
      // When it was added, which nobody asks for.
      Buffer.alloc(8),
      text('X.509'),
      uint32(certificate.length),
      certificate,
    ]),
  ]);
  const seal = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
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
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
