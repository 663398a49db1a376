import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import type { ManagedRuntime } from '../../src/spark/managed-runtime.ts';
import { executorsSoon, soon } from '../support/soon.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { untilStandbyReady } from '../support/standby.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';
import { type CompatibilityCase, type Outcome, type Place, placeOf, type Way } from './compatibility-case.ts';
import { copyMaterials, prepareMaterials } from './materials.ts';
import { partBegunBy } from './parts.ts';
import { projectFiles, takeWrittenFiles } from './written-files.ts';

/** An outcome, and how long it took. */
export interface Submitted {
  readonly outcome: Outcome;
  readonly stderr: string;
  readonly seconds: number;
  /** The second in which each part has begun, by its name. */
  readonly begun: ReadonlyMap<string, number>;
}

/** A cluster on each backend, each in a project of its own, so that both can be used at once. They stay for the whole suite. */
export interface ThreeWays extends AsyncDisposable {
  /** The managed runtime's own spark-submit, on the local cluster's master. */
  reference(submission: CompatibilityCase): Promise<Submitted>;
  /** A submission that is not warm leaves a driver which waits for one like it, where that is asked for. */
  submit(
    way: Way,
    submission: CompatibilityCase,
    more?: { readonly leavesDriver: boolean },
  ): Promise<Submitted>;
}

/** Variables that a person has in the shell. The image speaks UTF-8 whatever the shell does. */
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
  ...executorsSoon,
];

/** The options of a submission that a driver which waits for it must have been made with. */
export function ownOptions({ words }: CompatibilityCase): readonly string[] {
  const script = words.findIndex((word) => word.startsWith('scripts/'));
  return words.slice(0, Math.max(script, 0));
}

/** A project with a cluster, where one submission comes after the other. */
interface Lane {
  readonly project: TemporaryProject;
  /** The files that were there before any submission. */
  readonly before: ReadonlySet<string>;
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
}

export async function openThreeWays(places: readonly Place[]): Promise<ThreeWays> {
  const spark = testInstallation();
  const [java, javaHome, runtime] = await Promise.all([spark.java(), spark.javaHome(), spark.runtime()]);
  const size = ['--workers', '1', '--worker-cores', '2', '--worker-memory', '1g'];
  const up = async ({ project }: Lane, place: Place, ...more: readonly string[]) => {
    const words = ['cluster', 'up', '--cluster', place, '--backend', place, ...size, ...more];
    const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder });
    if (exitCode !== 0) throw new Error(`no cluster: ${stderr}`);
  };
  const open = async (place: Place, fill: (project: TemporaryProject) => Promise<void>): Promise<Lane> => {
    const project = temporaryProject();
    await fill(project);
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <Result>(work: () => Promise<Result>) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    };
    const lane = { project, before: new Set(projectFiles(project.folder)), inTurn };
    // Drivers that wait come later: they would take time from all that is to start cold.
    await up(lane, place, '--no-standby');
    return lane;
  };
  const local = await open('local', (project) => prepareMaterials(project, java, runtime));
  const lanes = new Map<Place, Lane>([['local', local]]);
  if (places.includes('docker'))
    lanes.set('docker', await open('docker', (project) => copyMaterials(local.project, project)));
  const laneOf = (place: Place) => {
    const lane = lanes.get(place);
    if (lane === undefined) throw new Error(`there is no cluster on ${place}`);
    return lane;
  };
  // As where the environment of the project is activated.
  const path = [dirname(runtime.python), process.env['PATH']].join(delimiter);
  const toMaster = await localMaster(local.project);
  const withDrivers = new Set<Place>();
  /** The options that the driver which waits was made with. */
  const madeWith = new Map<Place, string>();
  const run = async (
    { project, before }: Lane,
    file: string,
    words: readonly string[],
    { input }: CompatibilityCase,
    more: NodeJS.ProcessEnv,
  ) => {
    const environment = { ...process.env, ...shell, PATH: path, ...more };
    const came = await submitted(project, before, runtime.python, file, words, input, environment);
    // Another folder is another word in what a script tells of itself, and nothing else.
    const stdout = came.outcome.stdout.replaceAll(project.folder, local.project.folder);
    return { ...came, outcome: { ...came.outcome, stdout } };
  };
  return {
    reference: (submission) =>
      local.inTurn(() => {
        // A driver that waits on the local cluster gives way.
        madeWith.delete('local');
        return run(
          local,
          join(runtime.sparkHome, 'bin/spark-submit'),
          [...toMaster, ...options, ...submission.words],
          submission,
          { ...stockEnvironment(javaHome, runtime), ...packagesIn(local.project, 'reference') },
        );
      }),
    submit: (way, submission, { leavesDriver } = { leavesDriver: false }) => {
      const place = placeOf(way);
      const lane = laneOf(place);
      const isWarm = way !== place;
      const program = join(repository, 'bin/sparkctl.js');
      const environment = { NO_COLOR: '1', ...packagesIn(lane.project, place) };
      const submit = (words: readonly string[]) =>
        run(
          lane,
          process.execPath,
          [program, 'submit', '--cluster', place, ...words],
          submission,
          environment,
        );
      const words = [...options, ...submission.words];
      const own = ownOptions(submission).join('\0');
      return lane.inTurn(async () => {
        if (!isWarm && !leavesDriver) return await submit(['--no-standby', ...words]);
        if (!withDrivers.has(place)) await up(lane, place);
        withDrivers.add(place);
        // Where no driver was left for a warm one, as when a test is run by itself, a cold one leaves it.
        if (!isWarm || madeWith.get(place) !== own) {
          const came = isStarted('cold', await submit(words));
          madeWith.set(place, own);
          if (!isWarm) return came;
        }
        await untilStandbyReady(lane.project.folder, place);
        return isStarted('warm', await submit(words));
      });
    },
    async [Symbol.asyncDispose]() {
      for (const { project } of lanes.values()) {
        const down = await sparkctl(['cluster', 'down', '--all'], { cwd: project.folder });
        if (down.exitCode !== 0) throw new Error(`a cluster is still there: ${down.stderr}`);
        await project[Symbol.asyncDispose]();
      }
    },
  };
}

/** Refuses a submission that sparkctl did not start as it should have. */
function isStarted(how: 'warm' | 'cold', came: Submitted): Submitted {
  if (!came.stderr.includes(`${how} start`)) throw new Error(`not ${how}: ${came.stderr}`);
  return came;
}

/** Options with which a cluster of sparkctl lets stock spark-submit in. */
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

/** The archive of classes changes when Java starts, and nothing of what it does. */
function stockEnvironment(javaHome: string, { sparkHome, python }: ManagedRuntime): NodeJS.ProcessEnv {
  return { JAVA_HOME: javaHome, SPARK_HOME: sparkHome, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' };
}

/** Names the folder for what --packages fetches: one for each way, so that each fetches for itself. */
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
  const secondsSoFar = () => (performance.now() - began) / 1000;
  const begun = new Map<string, number>();
  const submission = execa(file, words, {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  for await (const line of submission) {
    const part = partBegunBy(line);
    if (part !== undefined) begun.set(part, secondsSoFar());
  }
  const { exitCode, stdout, stderr } = await submission;
  const seconds = secondsSoFar();
  const files = await takeWrittenFiles(folder, before, python);
  return { outcome: { exitCode, stdout, files }, stderr, seconds, begun };
}
