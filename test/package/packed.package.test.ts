import { lstat, readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import Sqlite from 'better-sqlite3';
import { execa } from 'execa';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFiles } from '../../src/operations/init.ts';
import { install, packInto, versionOf } from '../support/packed.ts';
import { repository } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

/** A stranger's project: outside the repository, with nothing of it but the packed file and a copy of what takes a minute to compile. */
let project: TemporaryProject;
let paths: readonly string[];
let tarball: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  project = temporaryProject();
  await execa('npm', ['run', 'build'], { cwd: repository });
  const packed = await packInto(project.folder);
  paths = packed.paths;
  tarball = new Uint8Array(await readFile(packed.tarball));
  await project.write('package.json', '{ "name": "stranger", "private": true, "type": "module" }');
  // A stranger brings a compiler and Node's types.
  const compiler = await Promise.all(
    ['typescript', '@types/node'].map(async (name) => `${name}@${await versionOf(name, repository)}`),
  );
  await install(project.folder, packed.tarball, ...compiler);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** The files that users need: the program, the library, the jobs, and what goes to Spark. */
const wanted =
  /^(?:bin|dist|examples|jobs|man|schemas|spark)\/|^(?:package\.json|README\.md|LICENSE|requirements\.txt|docker-compose\.yml|entrypoint\.sh|spark-defaults\.conf)$/;

/** Files that serve the development alone. The command line is in the bundle; `init` copies the example, its tests included. */
const unwanted =
  /\.map$|\.tsbuildinfo$|__pycache__|^(?!examples\/).*(?:(?:^|\/)tests?\/|(?<!\.d)\.ts$)|^dist\/cli\/|-dev\.|api_page/;

describe('the packed package', () => {
  it('holds what it needs, and nothing that is not for its users', async () => {
    for (const needed of [
      'bin/sparkctl.js',
      'dist/bundle/main.js',
      'dist/bundle/LICENSES.txt',
      'dist/index.d.ts',
      'jobs/etl.py',
      'jobs/etl.yaml',
      'jobs/manifest.schema.json',
      'schemas/run.schema.json',
      'schemas/event.schema.json',
      'requirements.txt',
      'spark/Dockerfile',
      'spark/sparkctl_io/__init__.py',
      'spark/driver-log4j2.properties',
      'docker-compose.yml',
      'entrypoint.sh',
      'spark-defaults.conf',
      'man/sparkctl.1',
    ])
      expect(paths).toContain(needed);
    const example = projectFiles.map((path) => `examples/${path.replace(/^\./, '')}`);
    expect(paths.filter((path) => path.startsWith('examples/')).sort()).toEqual(example.sort());
    expect(paths.filter((path) => !wanted.test(path) || unwanted.test(path))).toEqual([]);
  });

  it('is what tools that look at packages expect: its entries, their formats and their types', async () => {
    const { messages } = await publint({ pack: { tarball: tarball.buffer } });
    expect(messages).toEqual([]);
    const result = await checkPackage(createPackageFromTarballData(tarball));
    if (result.types === false) throw new Error('the package has no types');
    // It is a package of ES modules: neither Node 10 nor require() is for it.
    const kinds = ['node10', 'node16-cjs'];
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && kinds.includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
    expect(Object.keys(result.entrypoints)).toContain('.');
  });

  it('is installed as files of its own, and links to nothing of the repository', async () => {
    for (const name of ['sparkctl', 'typescript', 'better-sqlite3', 'commander'])
      expect((await lstat(project.path('node_modules', name))).isSymbolicLink(), name).toBe(false);
  });

  it('runs as a command in a project that has installed it', async () => {
    const sparkctl = project.path('node_modules/.bin/sparkctl');
    const help = await execa(sparkctl, ['--help'], { cwd: project.folder });
    expect(help.stdout).toContain('sparkctl submit jobs/etl.py');
    await project.write('job.py', '');
    await project.write(
      'job.yaml',
      [
        'dataset: { name: users, rows: 10, seed: 1 }',
        'input: { path: users.jsonl }',
        'database: { path: a.db, table: { name: t, primaryKey: [id], columns: [{ name: id, type: integer }] } }',
        'checks: [{ kind: query, name: none, sql: SELECT ib FROM t }]',
      ].join('\n'),
    );
    const dryRun = ['submit', '--dry-run', '--master', 'local[1]', 'job.py'];
    const wrong = await execa(sparkctl, dryRun, { cwd: project.folder, reject: false });
    // SQLite has answered, so the compiled part is there and works.
    expect(wrong.stderr).toContain('no such column: ib; did you mean "id"?');
    expect(wrong.exitCode).toBe(78);
  });

  it('can be imported, and its types hold in a program of TypeScript that trusts nothing', async () => {
    await project.write(
      'use.ts',
      `
import {
  assertSucceeded, exitCodeOf, listRuns, SparkctlError, startCluster, submit,
  type RunRecord, type RunResult, type SparkctlEvent, type SubmitOptions,
} from 'sparkctl';

// Never called: that it compiles is what is asked.
export async function use(signal: AbortSignal): Promise<number> {
  await using cluster = await startCluster({ workers: 2, signal });
  const running = cluster.submit('jobs/etl.py', { rows: 1000 });
  const events: SparkctlEvent[] = [];
  for await (const event of running.events) events.push(event);
  const run: RunResult = await running;
  // @ts-expect-error only a run that has not succeeded is sure to have a message
  const message: string = run.message;
  if (run.state === 'failed') return run.exitCode + run.message.length + run.cause.length + message.length;
  assertSucceeded(run);
  const zero: 0 = run.exitCode;
  const [first] = run.events;
  return first?.kind === 'run-created' ? first.folder.length : zero;
}
const options: SubmitOptions = { sparkOptions: [{ name: '--master', value: 'local[1]' }], useManifest: false, cluster: { backend: 'auto' } };
export const once = () => submit('job.py', options);
// @ts-expect-error a submission without a script is none
export const wrong = () => submit(undefined, options);

const runs: readonly RunRecord[] = await listRuns();
const code: number = new SparkctlError({ code: 'x', category: 'usage', message: 'x' }).exitCode;
console.log(runs.length, code, exitCodeOf.checks);
`,
    );
    await compile('use.ts');
    const used = await execa(process.execPath, ['out/use.js'], { cwd: project.folder });
    expect(used.stdout).toBe('0 64 65');
  });

  it('starts a cluster from a program, submits a job to it, and leaves a verified table', async () => {
    await project.write(
      'load.ts',
      `
import { assertSucceeded, startCluster } from 'sparkctl';

await using cluster = await startCluster({ backend: 'local', workers: 1 });
const run = await cluster.submit('node_modules/sparkctl/jobs/etl.py', { rows: 500 });
assertSucceeded(run);
console.log(run.accounting?.loaded, (await cluster.status())?.state);
`,
    );
    // The declarations were checked above.
    await compile('load.ts', true);
    const { stdout } = await execa(process.execPath, ['out/load.js'], { cwd: project.folder });
    const [loaded, state] = stdout.split(' ');
    expect(state).toBe('running');
    using database = open(project.path('data/users.db'));
    expect(database.connection.prepare('SELECT count(*) FROM users').pluck().get()).toBe(Number(loaded));
    // The cluster has gone with its scope.
    const sparkctl = project.path('node_modules/.bin/sparkctl');
    const list = await execa(sparkctl, ['cluster', 'list', '--json'], { cwd: project.folder });
    expect(JSON.parse(list.stdout).clusters).toEqual([]);
  });
});

/** Compiles a program with the stranger's own compiler, which must have nothing to say. */
async function compile(file: string, skipLibCheck = false): Promise<void> {
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck,
    outDir: 'out',
  };
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
  const compiler = project.path('node_modules/typescript/bin/tsc');
  const options = { cwd: project.folder, reject: false };
  const { stdout, exitCode } = await execa(process.execPath, [compiler], options);
  expect(stdout).toBe('');
  expect(exitCode).toBe(0);
}

function open(path: string): Disposable & { readonly connection: Sqlite.Database } {
  const connection = new Sqlite(path, { readonly: true });
  return { connection, [Symbol.dispose]: () => connection.close() };
}
