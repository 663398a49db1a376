import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { parseMemoryMb } from '../../spark/executor-demand.ts';
import { nearestWord } from '../../system/errors/nearest-word.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../system/errors/system-error.ts';
import { escapePattern, isPattern } from '../../system/files/path-pattern.ts';
import { resolveInside } from '../../system/files/places.ts';
import { canAccess } from '../../system/files/read-file.ts';
import {
  configurationError,
  type Diagnostic,
  parseYamlFile,
  validateYaml,
  type YamlFile,
} from '../../system/yaml/yaml-file.ts';
import { type CheckSpec, checkOf } from '../checks/registry.ts';
import { formatOfPath } from '../input/find-input.ts';
import { kindOf, resolveTarget, type TargetKey, targetKeys } from '../targets/registry.ts';
import type { Mistake } from '../targets/target.ts';
import type { Manifest } from './manifest.ts';
import { type ManifestSource, manifestSchema } from './manifest-schema.ts';

interface Folders {
  /** Paths in a manifest are relative to it, and lead nowhere else. */
  readonly project: string;
  /** Messages name the manifest from there. */
  readonly workingFolder: string;
  /** Whatever the job makes goes there, and leads nowhere else. Default: the project. */
  readonly dataFolder?: string | undefined;
}

/** Reads and checks a manifest: every mistake at once, each with its place. */
export async function loadManifest(path: string, folders: Folders): Promise<Manifest> {
  const { project, workingFolder, dataFolder = project } = folders;
  const near = relative(workingFolder, path);
  const name = near.startsWith('..') ? path : near;
  const file = parseYamlFile(name, await readText(path, name));
  const source = validateYaml(file, manifestSchema);
  const mistakes: Diagnostic[] = [];
  const manifest = await resolveManifest(source, file, path, { project, dataFolder }, mistakes);
  mistakes.push(...(await contradictions(source, file, manifest)));
  if (mistakes.length > 0) throw configurationError(file.name, mistakes);
  return manifest;
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR')) {
      throw new SparkctlError({
        code: 'manifest-unreadable',
        category: 'input',
        message: `The manifest ${name} cannot be read (${String((error as NodeJS.ErrnoException).code)}).`,
        hint: 'Check the path and its permissions.',
        cause: error,
      });
    }
    throw error;
  }
}

async function resolveManifest(
  source: ManifestSource,
  file: YamlFile,
  path: string,
  { project, dataFolder }: { readonly project: string; readonly dataFolder: string },
  mistakes: Diagnostic[],
): Promise<Manifest> {
  const script = resolve(dirname(path), source.script ?? `${basename(path, extname(path))}.py`);
  if (!(await canAccess(script))) {
    const where: readonly PropertyKey[] = source.script === undefined ? [] : ['script'];
    mistakes.push(file.diagnose(where, `the script ${script} is not there`));
  }
  const inFolder = (folder: string) => async (place: readonly PropertyKey[], value: string) => {
    const absolute = await resolveInside(folder, value);
    const name = folder === project ? 'the project' : 'the data folder';
    if (absolute === undefined)
      mistakes.push(file.diagnose(place, `"${value}" leads out of ${name} ${folder}`));
    return absolute ?? join(folder, value);
  };
  const inside = inFolder(dataFolder);
  // A file that nobody generates is where it is.
  const inputFolder = source.dataset === undefined ? project : dataFolder;
  const input = source.input && {
    path: await asInput(await inFolder(inputFolder)(['input', 'path'], source.input.path), inputFolder),
    format: source.input.format ?? formatOfPath(source.input.path),
  };
  // A second one is a mistake, see `contradictions`.
  const [key] = namedTargets(source);
  const target = key && (await resolveTarget(key, source[key], inside));
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(source.outputs))
    outputs[name] = await inside(['outputs', name], value);
  const { workers, workerCores, workerMemory } = source.cluster;
  const workerMemoryMb = workerMemory === undefined ? undefined : parseMemoryMb(workerMemory);
  const values = {
    ...(input && { input: input.path }),
    ...(target && kindOf(target).placeholders(target)),
    ...Object.fromEntries(Object.entries(outputs).map(([name, output]) => [`outputs.${name}`, output])),
  };
  return {
    file: file.name,
    script,
    ...(source.dataset && { dataset: source.dataset }),
    ...(input && { input }),
    ...(target && { target }),
    outputs,
    cluster: {
      ...(workers !== undefined && { workers }),
      ...(workerCores !== undefined && { workerCores }),
      ...(workerMemoryMb !== undefined && { workerMemoryMb }),
    },
    conf: Object.fromEntries(Object.entries(source.spark.conf).map(([key, value]) => [key, String(value)])),
    arguments: source.arguments.map((argument, index) =>
      fill(String(argument), values, (word) =>
        mistakes.push(file.diagnose(['arguments', index], placeholderMistake(word, values))),
      ),
    ),
    checks: await Promise.all(
      source.checks.map(async (spec, index) => {
        const absolute = (at: readonly PropertyKey[], path: string) =>
          inFolder(project)(['checks', index, ...at], path);
        // The words that say how lenient it is are no part of the check's own.
        return { ...spec, ...(await checkOf(spec).resolve?.(spec, absolute)) } as CheckSpec;
      }),
    ),
    ...(source.keep !== undefined && { keep: source.keep }),
  };
}

function namedTargets(source: ManifestSource): readonly TargetKey[] {
  return targetKeys.filter((key) => source[key] !== undefined);
}

/** In a pattern the letters of the folder's own path stand for themselves. */
async function asInput(path: string, folder: string): Promise<string> {
  const within = relative(folder, path);
  if (!isPattern(folder) || !isPattern(within) || (await canAccess(path))) return path;
  return `${escapePattern(folder)}/${within}`;
}

/** Placeholders that are filled in later, since a manifest is read before there is a run. */
const wordsOfRun = ['run', 'artifacts'];

/** Fills in `${input}` and its like. */
function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  unknown: (word: string) => void,
): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, word: string) => {
    if (wordsOfRun.includes(word)) return whole;
    const value = values[word];
    if (value === undefined) unknown(word);
    return value ?? whole;
  });
}

function placeholderMistake(word: string, values: Readonly<Record<string, string>>): string {
  const known = [...Object.keys(values), ...wordsOfRun];
  const near = nearestWord(word, known);
  const remedy =
    near === undefined
      ? `here there is: ${known.map((each) => `\${${each}}`).join(', ')}`
      : `did you mean \${${near}}?`;
  return `nothing is known as \${${word}}; ${remedy}`;
}

/** Finds what a schema cannot say: parts that need other parts. */
async function contradictions(
  source: ManifestSource,
  file: YamlFile,
  { target, checks }: Pick<Manifest, 'target' | 'checks'>,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  const add = (at: readonly PropertyKey[], mistakes: readonly Mistake[]) =>
    found.push(...mistakes.map((mistake) => file.diagnose([...at, ...mistake.at], mistake.message)));
  if (source.dataset !== undefined && source.input === undefined)
    found.push(file.diagnose(['dataset'], 'a dataset needs input.path, where its file is written', 'key'));
  const [first, ...others] = namedTargets(source);
  for (const kind of others)
    found.push(file.diagnose([kind], `there is a target already, ${first}; a job has one`, 'key'));
  if (source.keep !== undefined && target === undefined)
    found.push(file.diagnose(['keep'], `to keep tables needs ${targetKeys.join(' or ')}`, 'key'));
  if (target !== undefined) add([target.kind], kindOf(target).mistakes(source[target.kind]));
  for (const [index, spec] of checks.entries()) {
    const at = ['checks', index];
    const { needsDataset, mistakes } = checkOf(spec);
    if (target === undefined)
      found.push(file.diagnose([...at, 'kind'], `a check needs ${targetKeys.join(' or ')}, which it reads`));
    else if (needsDataset !== undefined && source.dataset === undefined)
      found.push(file.diagnose([...at, 'kind'], needsDataset));
    else {
      const queryProblem = (sql: string) => kindOf(target).queryProblem(target, sql);
      add(at, (await mistakes?.(spec, { table: target.table, queryProblem })) ?? []);
    }
  }
  return found;
}
