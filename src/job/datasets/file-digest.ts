import { createHash } from 'node:crypto';
import { filePieces } from '../../system/files/read-file.ts';

/** The size and the SHA-256 of a file. */
export async function fileDigest(
  path: string,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const piece of filePieces(path, signal)) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: digest.digest('hex') };
}
