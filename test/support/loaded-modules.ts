import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository, sparkctl } from './sparkctl.ts';
import type { TemporaryProject } from './temporary-project.ts';

export interface Loaded {
  /** Modules of sparkctl's own, such as `cluster/registry.js`. */
  readonly own: readonly string[];
  /** Names of packages. */
  readonly packages: readonly string[];
}

/** Runs a command line that must succeed, and returns what its process has loaded. */
export async function loadedBy(words: readonly string[], project: TemporaryProject): Promise<Loaded> {
  const path = await project.write('loaded-modules', '');
  const recorder = pathToFileURL(join(import.meta.dirname, 'module-recorder.mjs')).href;
  const env = { NODE_OPTIONS: `--import=${recorder}`, LOADED_MODULES: path };
  const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder, env });
  if (exitCode !== 0) throw new Error(`sparkctl ${words.join(' ')} failed: ${stderr}`);
  const urls = [...new Set(readFileSync(path, 'utf8').split('\n'))];
  const dist = pathToFileURL(join(repository, 'dist')).href;
  return {
    own: urls.filter((url) => url.startsWith(`${dist}/`)).map((url) => url.slice(dist.length + 1)),
    packages: [
      ...new Set(
        urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.slice(1, 2) ?? []),
      ),
    ],
  };
}
