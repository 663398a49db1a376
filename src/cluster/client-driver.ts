import { mkdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { joinProperties, namesJavaProperty } from '../spark/java-properties.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { packageRoot } from '../system/package.ts';
import { type ProgramExit, type RunningProgram, startProgram } from '../system/processes/start-program.ts';
import { type DriverExit, type DriverLaunch, type RunningDriver, sparkLogPath } from './driver.ts';
import { clientPropertiesPath, driverScratch } from './driver-files.ts';
import { followKept, startKept } from './kept-driver.ts';
import type { OperationContext } from './operation-context.ts';

/** The numbers of the signals that end processes, for the 128 + n of a shell. */
const signalNumber: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

interface ClientDriverExtras {
  /** The cluster's secret, and a private folder where a file with it may be kept for the time of the run. */
  readonly secret?: { readonly folder: string; readonly properties: Readonly<Record<string, string>> };
  readonly environment?: Readonly<Record<string, string>>;
  /** Java options of the driver, weaker than any of the person's. */
  readonly javaOptions?: readonly string[];
}

/** Runs the managed runtime's own spark-submit as a process of this user: the driver of every cluster without containers. */
export async function startClientDriver(
  launch: DriverLaunch,
  context: OperationContext,
  extras?: ClientDriverExtras,
): Promise<RunningDriver> {
  const { runtime } = context.spark;
  const command = await prepareClient(launch, context, extras);
  const { workingFolder, runFolder, runId: mark, onStdout, onStderr } = launch;
  const { environment } = command;
  const words = [command.file, ...command.args];
  const program = launch.detached
    ? await startKept({ runFolder, mark, words, environment, workingFolder }, context)
    : startProgram({ ...command, workingFolder, mark, onStdout, onStderr });
  return followClient(program, (await runtime()).sparkHome, command.release);
}

/** Finds the driver that another process has started for a detached run; undefined where nothing is left of it. `secretFolder` is where it was given its secret. */
export async function takeUpClientDriver(
  { runId, runFolder }: Pick<DriverLaunch, 'runId' | 'runFolder'>,
  { spark }: OperationContext,
  secretFolder = runFolder,
): Promise<RunningDriver | undefined> {
  const program = await followKept({ runFolder, mark: runId });
  if (program === undefined) return undefined;
  const { sparkHome } = await spark.runtime();
  return followClient(program, sparkHome, async () => {
    await rm(clientPropertiesPath(secretFolder, runId), { force: true });
    await removeScratch(runId);
  });
}

/** A call of spark-submit on this machine, with the files that it needs. */
interface ClientCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Removes the files, once the driver has ended. */
  release(): Promise<void>;
}

/** Prepares the call of spark-submit for a launch. */
export async function prepareClient(
  launch: Pick<
    DriverLaunch,
    'runId' | 'runFolder' | 'propertiesFiles' | 'secretProperties' | 'sparkSubmitArguments'
  >,
  context: OperationContext,
  extras?: ClientDriverExtras,
): Promise<ClientCommand> {
  const { sparkHome } = await context.spark.runtime();
  await makeScratch(launch.runId);
  const properties = await propertiesFile(launch, extras?.secret).catch(async (error) => {
    await removeScratch(launch.runId);
    throw error;
  });
  return {
    file: join(sparkHome, 'bin', 'spark-submit'),
    args: [
      ...(properties.path === undefined ? [] : ['--properties-file', properties.path]),
      ...launch.sparkSubmitArguments,
    ],
    environment: await clientEnvironment(launch, context, extras),
    release: async () => {
      await properties.remove();
      await removeScratch(launch.runId);
    },
  };
}

/** The environment of a driver on this machine. */
export async function clientEnvironment(
  { runId, runFolder }: Pick<DriverLaunch, 'runId' | 'runFolder'>,
  { spark, environment }: OperationContext,
  extras?: Pick<ClientDriverExtras, 'environment' | 'javaOptions'>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const [javaHome, runtime, trustStore] = await Promise.all([
    spark.javaHome(),
    spark.runtime(),
    spark.trustStore(),
  ]);
  const options = extras?.javaOptions ?? [];
  return {
    ...environment,
    ...driverEnvironment(environment, options, runFolder, driverScratch(runId), trustStore),
    ...extras?.environment,
    JAVA_HOME: javaHome,
    SPARK_HOME: runtime.sparkHome,
    PYSPARK_PYTHON: environment['PYSPARK_PYTHON'] ?? runtime.python,
  };
}

/** A program that is a driver, as the driver. `release` is called once it has ended, however it did. */
export function followClient(
  program: RunningProgram,
  sparkHome: string,
  release: () => Promise<void>,
): RunningDriver {
  const ended = async (): Promise<DriverExit> => {
    let exit: ProgramExit;
    try {
      exit = await program.exited;
    } finally {
      await release();
    }
    const { exitCode, signal, problem, outputIsHeld } = exit;
    if (problem !== undefined) {
      throw new SparkctlError({
        code: 'spark-submit-not-started',
        category: 'runtime',
        message: `spark-submit could not be started: ${problem}`,
        hint: `Remove ${sparkHome} and try again: the runtime is then made again.`,
      });
    }
    const held = outputIsHeld ? { outputIsHeld } : {};
    if (signal === undefined) return { exitCode: exitCode ?? 1, ...held };
    return { exitCode: 128 + (signalNumber[signal] ?? 0), signal, ...held };
  };
  const exited = ended();
  // Whoever stops a driver need not look at how it ended.
  exited.catch(() => {});
  return {
    id: String(program.pid ?? ''),
    exited,
    stop: async (graceMs) => {
      await program.stop(graceMs);
      // Its files are gone only then; a process that ends at once would leave them.
      await exited.catch(() => {});
    },
  };
}

/** Fails where the folder exists already: another user may have made it, and could read what Spark puts there. */
async function makeScratch(runId: string): Promise<void> {
  const scratch = driverScratch(runId);
  try {
    await mkdir(scratch, { mode: 0o700 });
  } catch (error) {
    throw wrapWriteError(error, `The folder ${scratch} for temporary files`);
  }
}

/** Removes the folder for temporary files of a driver. What is left of it must not change how the run has ended. */
export async function removeScratch(runId: string): Promise<void> {
  await rm(driverScratch(runId), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** spark-submit takes one file of properties. Where there are several, or a secret, which must not stand in argv, they are put into a private one. */
async function propertiesFile(
  {
    propertiesFiles,
    secretProperties,
    runId,
    runFolder,
  }: Pick<DriverLaunch, 'propertiesFiles' | 'secretProperties' | 'runId' | 'runFolder'>,
  secret: ClientDriverExtras['secret'],
): Promise<{ readonly path: string | undefined; readonly remove: () => Promise<void> }> {
  const secrets = { ...secretProperties, ...secret?.properties };
  if (Object.keys(secrets).length === 0 && propertiesFiles.length < 2)
    return { path: propertiesFiles[0], remove: async () => {} };
  const path = clientPropertiesPath(secret?.folder ?? runFolder, runId);
  await writeAtomically(path, await joinProperties(propertiesFiles, secrets));
  return { path, remove: () => rm(path, { force: true }) };
}

/** Settings of the driver, beside whatever the user set; a user's own SPARK_CONF_DIR brings its own log configuration. */
function driverEnvironment(
  environment: OperationContext['environment'],
  weakest: readonly string[],
  runFolder: string,
  scratch: string,
  trustStore: string | undefined,
): Readonly<Record<string, string>> {
  const own = [quoteOption(`-Dsparkctl.log=${sparkLogPath(runFolder)}`)];
  if (!namesJavaProperty(environment, 'java.io.tmpdir')) own.push(quoteOption(`-Djava.io.tmpdir=${scratch}`));
  if (trustStore !== undefined) own.push(quoteOption(`-Djavax.net.ssl.trustStore=${trustStore}`));
  if (!environment['SPARK_CONF_DIR']) {
    own.push(
      quoteOption(`-Dlog4j2.configurationFile=${join(packageRoot, 'spark', 'driver-log4j2.properties')}`),
    );
  }
  return {
    SPARK_SUBMIT_OPTS: [...weakest, environment['SPARK_SUBMIT_OPTS'], ...own].filter(Boolean).join(' '),
    // The first of spark-submit's two JVMs only prints the command line of the second.
    SPARK_LAUNCHER_OPTS: ['-XX:TieredStopAtLevel=1', environment['SPARK_LAUNCHER_OPTS']]
      .filter(Boolean)
      .join(' '),
    // So that any job can import sparkctl_io; the user's own folders come first.
    PYTHONPATH: [environment['PYTHONPATH'], join(packageRoot, 'spark')].filter(Boolean).join(delimiter),
  };
}

/** Spark's launcher splits the variable at spaces, unless they stand in double quotes. */
function quoteOption(option: string): string {
  return `"${option.replace(/["\\]/g, '\\$&')}"`;
}
