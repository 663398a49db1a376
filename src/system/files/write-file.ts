import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file so that a reader finds the old content or the whole new one, never a part. `mode` is the file's permission bits. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
  mode = 0o600,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes all of it. The system may take a part only, as on a disk that becomes full: the rest is tried again, and says why. */
export function writeFully(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
