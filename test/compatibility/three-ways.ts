import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import type { ManagedRuntime } from '../../src/spark/managed-runtime.ts';
import type { Java } from '../../src/spark/prerequisites.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { untilStandbyReady } from '../support/standby.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';
import { type CompatibilityCase, type Outcome, type Place, placeOf, type Way } from './compatibility-case.ts';
import { prepareMaterials } from './materials.ts';
import { projectFiles, takeWrittenFiles } from './written-files.ts';

/** An outcome, and how long it took. */
export interface Submitted {
  readonly outcome: Outcome;
  readonly stderr: string;
  readonly seconds: number;
}

/** One project with a cluster on each backend, both of which stay for the whole suite. */
export interface ThreeWays extends AsyncDisposable {
  /** The managed runtime's own spark-submit, on the local cluster's master. */
  reference(submission: CompatibilityCase): Promise<Submitted>;
  submit(way: Way, submission: CompatibilityCase): Promise<Submitted>;
}

/** Makes Java start sooner, and changes nothing of what a job does. */
const soon = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** What a person has in the shell. The image speaks UTF-8 whatever the shell does. */
const shell = {
  LANG: 'C.UTF-8',
  LC_ALL: undefined,
  COMPATIBILITY_COLOUR: 'blue',
  SPARK_LAUNCHER_OPTS: soon,
};

/** Options of every submission: few tasks where Spark would make many, and no waiting for compilers. */
const options = [
  ...['--conf', 'spark.sql.shuffle.partitions=2'],
  ...['--conf', `spark.driver.defaultJavaOptions=${soon}`],
  ...['--conf', `spark.executor.extraJavaOptions=${soon}`],
];

export async function openThreeWays(places: readonly Place[]): Promise<ThreeWays> {
  const project = temporaryProject();
  const spark = testInstallation();
  const [java, runtime] = await Promise.all([spark.java(), spark.runtime()]);
  await prepareMaterials(project, java, runtime);
  const before = new Set(projectFiles(project.folder));
  const size = ['--workers', '1', '--worker-cores', '2', '--worker-memory', '1g'];
  const up = async (place: Place, ...more: readonly string[]) => {
    const words = ['cluster', 'up', '--cluster', place, '--backend', place, ...size, ...more];
    const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder });
    if (exitCode !== 0) throw new Error(`no cluster: ${stderr}`);
  };
  // Drivers that wait come later: they would take time from all that is to start cold.
  for (const place of new Set<Place>(['local', ...places])) await up(place, '--no-standby');
  // As where the environment of the project is activated.
  const path = [dirname(runtime.python), process.env['PATH']].join(delimiter);
  const toMaster = await localMaster(project);
  const madeFor = new Map<Place, string>();
  const run = (
    file: string,
    words: readonly string[],
    { input }: CompatibilityCase,
    more: NodeJS.ProcessEnv,
  ) =>
    submitted(project, before, runtime.python, file, words, input, {
      ...process.env,
      ...shell,
      PATH: path,
      ...more,
    });
  return {
    reference: (submission) => {
      // A driver that waits on the local cluster gives way.
      madeFor.delete('local');
      return run(
        join(runtime.sparkHome, 'bin/spark-submit'),
        [...toMaster, ...options, ...submission.words],
        submission,
        { ...stockEnvironment(java, runtime), ...packagesIn(project, 'reference') },
      );
    },
    submit: async (way, submission) => {
      const place = placeOf(way);
      const isWarm = way !== place;
      const program = join(repository, 'bin/sparkctl.js');
      const environment = { NO_COLOR: '1', ...packagesIn(project, place) };
      const submit = (words: readonly string[]) =>
        run(process.execPath, [program, 'submit', '--cluster', place, ...words], submission, environment);
      const words = [...options, ...submission.words];
      if (!isWarm) return await submit(['--no-standby', ...words]);
      const own = submission.words.slice(0, submission.words.indexOf(scriptOf(submission)));
      if (!madeFor.has(place)) await up(place);
      if (madeFor.get(place) !== own.join('\0')) {
        // One is made like the last submission.
        await submit([...options, ...own, 'nothing.py']);
        madeFor.set(place, own.join('\0'));
      }
      await untilStandbyReady(project.folder, place);
      const came = await submit(words);
      if (!came.stderr.includes('warm start')) throw new Error(`not warm: ${came.stderr}`);
      return came;
    },
    async [Symbol.asyncDispose]() {
      const down = await sparkctl(['cluster', 'down', '--all'], { cwd: project.folder });
      if (down.exitCode !== 0) throw new Error(`a cluster is still there: ${down.stderr}`);
      await project[Symbol.asyncDispose]();
    },
  };
}

function scriptOf({ words }: CompatibilityCase): string {
  const script = words.find((word) => word.startsWith('scripts/'));
  if (script === undefined) throw new Error(`no script in ${words.join(' ')}`);
  return script;
}

/** What stock spark-submit needs to be let in by a cluster of sparkctl. */
async function localMaster(project: TemporaryProject): Promise<readonly string[]> {
  const status = await sparkctl(['cluster', 'status', '--cluster', 'local', '--json'], {
    cwd: project.folder,
  });
  const secret = await readFile(project.path('.sparkctl/clusters/local/secret'), 'utf8');
  const properties = {
    'spark.authenticate': 'true',
    'spark.authenticate.secret': secret,
    'spark.network.crypto.enabled': 'true',
    'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
  };
  return [
    ...['--master', JSON.parse(status.stdout).master],
    ...Object.entries(properties).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
  ];
}

function stockEnvironment({ home }: Java, { sparkHome, python }: ManagedRuntime): NodeJS.ProcessEnv {
  return { JAVA_HOME: home, SPARK_HOME: sparkHome, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' };
}

/** Where a driver of this machine keeps what --packages fetches: a folder for each way, so that each fetches for itself. */
function packagesIn(project: TemporaryProject, name: string): NodeJS.ProcessEnv {
  return { SPARK_SUBMIT_OPTS: `-Divy.home=${project.path('.sparkctl', `ivy-${name}`)}` };
}

async function submitted(
  { folder }: TemporaryProject,
  before: ReadonlySet<string>,
  python: string,
  file: string,
  words: readonly string[],
  input: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Submitted> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await execa(file, words, {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  const seconds = (performance.now() - began) / 1000;
  const files = await takeWrittenFiles(folder, before, python);
  return { outcome: { exitCode, stdout, files }, stderr, seconds };
}
