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
import { formatOfPath } from '../input/input-format.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { Manifest } from './manifest.ts';
import { type ManifestSource, manifestSchema } from './manifest-schema.ts';

/** Says what is wrong with the SQL of a check over a table; whoever has SQLite at hand lends it. */
export type QueryProblem = (sql: string, table: TableSpec) => string | undefined;

/** Reads and checks a manifest: every mistake at once, each with its place. Paths in it are relative to the project. */
export async function loadManifest(
  path: string,
  project: string,
  queryProblem: QueryProblem = () => undefined,
): Promise<Manifest> {
  const name = relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);
  const file = parseYamlFile(name, await readText(path, name));
  const source = validateYaml(file, manifestSchema);
  const mistakes: Diagnostic[] = [];
  const manifest = await resolveManifest(source, file, path, project, mistakes);
  mistakes.push(...contradictions(source, file, queryProblem));
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
  project: string,
  mistakes: Diagnostic[],
): Promise<Manifest> {
  const script = resolve(dirname(path), source.script ?? `${basename(path, extname(path))}.py`);
  if (!(await canAccess(script))) {
    const where: readonly PropertyKey[] = source.script === undefined ? [] : ['script'];
    mistakes.push(file.diagnose(where, `the script ${script} is not there`));
  }
  const inside = async (place: readonly PropertyKey[], value: string) => {
    const absolute = await resolveInside(project, value);
    if (absolute === undefined)
      mistakes.push(file.diagnose(place, `"${value}" leads out of the project ${project}`));
    return absolute ?? join(project, value);
  };
  const input = source.input && {
    path: await asInput(await inside(['input', 'path'], source.input.path), project),
    format: source.input.format ?? formatOfPath(source.input.path),
  };
  const database = source.database && {
    path: await inside(['database', 'path'], source.database.path),
    table: source.database.table,
  };
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(source.outputs))
    outputs[name] = await inside(['outputs', name], value);
  const { workers, workerCores, workerMemory } = source.cluster;
  const workerMemoryMb = workerMemory === undefined ? undefined : parseMemoryMb(workerMemory);
  const values = {
    ...(input && { input: input.path }),
    ...(database && { database: database.path, table: database.table.name }),
    ...Object.fromEntries(Object.entries(outputs).map(([name, output]) => [`outputs.${name}`, output])),
  };
  return {
    file: file.name,
    script,
    ...(source.dataset && { dataset: source.dataset }),
    ...(input && { input }),
    ...(database && { database }),
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
    checks: source.checks,
  };
}

/** In a pattern the letters of the project's own path stand for themselves. */
async function asInput(path: string, project: string): Promise<string> {
  const within = relative(project, path);
  if (!isPattern(project) || !isPattern(within) || (await canAccess(path))) return path;
  return `${escapePattern(project)}/${within}`;
}

/** What stays as it is, since a manifest is read before there is a run. */
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

/** What a schema cannot say: parts that need other parts. */
function contradictions(
  source: ManifestSource,
  file: YamlFile,
  queryProblem: QueryProblem,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (source.dataset !== undefined && source.input === undefined)
    found.push(file.diagnose(['dataset'], 'a dataset needs input.path, where its file is written', 'key'));
  const columns = source.database?.table.columns.map(({ name }) => name) ?? [];
  const knownColumn = (column: string, place: readonly PropertyKey[]) => {
    if (columns.includes(column)) return;
    const near = nearestWord(column, columns);
    found.push(
      file.diagnose(
        place,
        `there is no column "${column}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      ),
    );
  };
  for (const [index, name] of columns.entries()) {
    if (columns.indexOf(name) !== index)
      found.push(
        file.diagnose(['database', 'table', 'columns', index, 'name'], `column "${name}" is there twice`),
      );
  }
  for (const [index, key] of (source.database?.table.primaryKey ?? []).entries())
    knownColumn(key, ['database', 'table', 'primaryKey', index]);
  for (const [index, check] of source.checks.entries()) {
    const at = ['checks', index];
    if (source.database === undefined)
      found.push(file.diagnose([...at, 'kind'], 'a check needs database, which it reads'));
    else if (check.kind === 'clusters' && source.dataset === undefined)
      found.push(file.diagnose([...at, 'kind'], 'clusters are compared with the groups of a dataset'));
    else if (check.kind === 'clusters') knownColumn(check.column, [...at, 'column']);
    else if (check.kind === 'unique')
      for (const [each, column] of check.columns.entries()) knownColumn(column, [...at, 'columns', each]);
    else if (check.kind === 'query') {
      const problem = queryProblem(check.sql, source.database.table);
      if (problem !== undefined) found.push(file.diagnose([...at, 'sql'], problem));
    } else if (check.kind === 'pattern') {
      knownColumn(check.column, [...at, 'column']);
      const problem = regularExpressionProblem(check.matches);
      if (problem !== undefined) found.push(file.diagnose([...at, 'matches'], problem));
    }
  }
  return found;
}

function regularExpressionProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
