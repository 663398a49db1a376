import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { repository } from './sparkctl.ts';
import type { TemporaryProject } from './temporary-project.ts';

const entry = join(repository, 'dist/cli/main.js');

export interface Loaded {
  readonly stdout: string;
  /** Modules of sparkctl's own, such as `cluster/registry.js`. */
  readonly own: readonly string[];
  /** The number of them in each process of sparkctl's. */
  readonly counts: readonly number[];
  /** Names of packages. */
  readonly packages: readonly string[];
}

/** Runs a command line that must succeed, and returns what its processes have loaded. */
export async function loadedBy(
  words: readonly string[],
  project: TemporaryProject,
  environment: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const recorder = pathToFileURL(join(import.meta.dirname, 'module-recorder.mjs')).href;
  const recording = { NODE_OPTIONS: `--import=${recorder}`, LOADED_MODULES: project.path('loaded-modules') };
  // The modules as they are before they are joined.
  const { exitCode, stdout, stderr } = await execa(process.execPath, [entry, ...words], {
    cwd: project.folder,
    env: { ...environment, ...recording },
    stripFinalNewline: false,
    reject: false,
  });
  if (exitCode !== 0) throw new Error(`sparkctl ${words.join(' ')} failed: ${stderr}`);
  const processes = readdirSync(project.folder)
    .filter((name) => name.startsWith('loaded-modules.'))
    .map((name) => [...new Set(readFileSync(project.path(name), 'utf8').split('\n'))]);
  const dist = `${pathToFileURL(join(repository, 'dist')).href}/`;
  const own = processes.map((urls) => urls.filter((url) => url.startsWith(dist)));
  const packages = processes
    .flat()
    .flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.slice(1, 2) ?? []);
  return {
    stdout,
    own: [...new Set(own.flat())].map((url) => url.slice(dist.length)),
    counts: own.map((urls) => urls.length),
    packages: [...new Set(packages)],
  };
}
