import { mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TemporaryProject extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file of the project and returns its absolute path. */
  write(path: string, content: string | Uint8Array): Promise<string>;
  path(...parts: readonly string[]): string;
}

/** An empty project of its own that is gone afterwards. */
export function temporaryProject(): TemporaryProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sparkctl-test-')));
  return {
    folder,
    path: (...parts) => join(folder, ...parts),
    async write(path, content) {
      const absolute = join(folder, path);
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, content);
      return absolute;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
