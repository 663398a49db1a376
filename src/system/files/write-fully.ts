import { writeSync } from 'node:fs';

/** Writes all of it. The system may take a part only, as on a disk that becomes full: the rest is tried again, and says why. */
export function writeFully(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
