import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { openPipe } from '../../system/files/open-pipe.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { parseJson } from '../../system/files/read-json.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { packageRoot, sparkctlVersion } from '../../system/package.ts';
import { endMarked, findMarked, markVariable } from '../../system/processes/process-mark.ts';
import { startDaemon } from '../../system/processes/start-daemon.ts';
import {
  followProgram,
  type ProgramExit,
  type RunningProgram,
} from '../../system/processes/start-program.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import { clientEnvironment, followClient, prepareClient, removeScratch } from '../client-driver.ts';
import type { RunningDriver } from '../driver.ts';
import { followKept, startKept } from '../kept-driver.ts';
import type { OperationContext } from '../operation-context.ts';
import { digestOf, launchMadeWith } from '../standby/made-with.ts';
import type { StandbyFolder } from '../standby/standby-folder.ts';
import type { StandbyKeeper } from '../standby/standby-keeper.ts';
import { localRecords } from './local-cluster-record.ts';
import { localDriver } from './local-driver.ts';
import { connectOf, nodeOf, nodeUrl, secretPath } from './local-node.ts';

/** The variables that Spark's JVM, or a library in it, may read: a standby must have been started with the same ones. */
const ofTheJvm =
  /^(?:SPARK(?!CTL_)|PYSPARK|PYTHON|HADOOP|HDFS|YARN|HIVE|JAVA|JDK|_JAVA|AWS|AZURE|GOOGLE|GCS|KRB5|LD|DYLD)|^(?:CLASSPATH|HOME|USER|LOGNAME|PATH|TZ|LANG|MASTER|DEPLOY_MODE|TMPDIR|SSL_CERT_FILE)$|^LC_|_proxy$/i;

/** The time that the pipes of a standby may take to be there: they are made before anything else. */
const pipesMs = 5_000;
const graceMs = 3_000;

const ending = z.object({
  exitCode: z.number().int().optional(),
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+]+$/)
    .optional(),
});

/** Standby drivers as processes of this user. */
export const localStandbys: StandbyKeeper = {
  backend: 'local',

  async madeWith(cluster, launch, context) {
    const { spark, environment, project } = context;
    const [java, runtime, trustStore] = await Promise.all([
      spark.java(),
      spark.runtime(),
      spark.trustStore(),
    ]);
    const variables = Object.entries(environment).filter(([name]) => ofTheJvm.test(name));
    return {
      ...(await launchMadeWith(launch)),
      environment: digestOf(variables.sort(([a], [b]) => (a < b ? -1 : 1))),
      Spark: digestOf([sparkctlVersion, java, runtime, trustStore]),
      cluster: digestOf(await readFile(secretPath(project, cluster), 'utf8')),
    };
  },

  async start(cluster, standby, launch, idleMs, context) {
    const { project } = context;
    const record = await localRecords.read(project, cluster);
    if (record === undefined) throw new Error('the cluster has gone');
    const connect = connectOf(record);
    const pages = [nodeOf(record, 'master'), ...(connect === undefined ? [] : [connect])].map(nodeUrl);
    const secret = await readFile(secretPath(project, cluster), 'utf8');
    const { warm, workingFolder, propertiesFiles } = launch;
    const program = join(packageRoot, 'spark', 'sparkctl_standby');
    const driver = join(program, 'standby.py');
    const command = await prepareClient(
      {
        runId: standby.id,
        runFolder: standby.path,
        propertiesFiles,
        secretProperties: {},
        sparkSubmitArguments: [...warm.options, driver, standby.path, String(idleMs / 1000), ...pages],
      },
      context,
      {
        secret: { folder: standby.path, properties: { 'spark.authenticate.secret': secret } },
        ...localDriver,
      },
    );
    const names = [...Object.keys(command.environment), markVariable];
    await writeAtomically(join(standby.path, 'variables.json'), JSON.stringify(names));
    const { python } = await context.spark.runtime();
    startDaemon({
      file: python,
      args: [join(program, 'supervise.py'), standby.path, command.file, ...command.args],
      environment: command.environment,
      workingFolder,
      logPath: join(standby.path, 'supervise.log'),
      mark: standby.id,
    });
  },

  lives: async (_cluster, { id }) => (await findMarked(id)).length > 0,

  async follow(_cluster, standby, { onStdout, onStderr, detached, runFolder }, context) {
    if (detached) {
      await pipesOf(standby, context.signal);
      const { environment, project: workingFolder } = context;
      const words = ['--pipes', standby.path];
      const kept = { runFolder, mark: standby.id, words, environment, workingFolder };
      return await followStandby(standby, await startKept(kept, context), context);
    }
    const [stdout, stderr, end] = await openPipes(standby, context.signal);
    const told = tell(end);
    const [pid] = await findMarked(standby.id);
    const over = told.then(() => undefined);
    const program = followProgram(
      { pid, over, ending: () => told },
      { stdout, stderr },
      { mark: standby.id, onStdout, onStderr },
    );
    return await followStandby(standby, program, context);
  },

  async takeUp(_cluster, standby, { runFolder }, context) {
    const program = await followKept({ runFolder, mark: standby.id });
    return program && (await followStandby(standby, program, context));
  },

  async environment(launch, context) {
    const variables = await clientEnvironment(launch, context, localDriver);
    const kept = Object.keys(variables).filter((name) => ofTheJvm.test(name));
    return { variables, kept: [...kept, markVariable] };
  },

  // It reads as this user.
  share: async () => {},

  async end(_cluster, standby) {
    await endMarked(standby.id, graceMs);
    await removeScratch(standby.id);
  },
};

async function followStandby(
  { id }: StandbyFolder,
  program: RunningProgram,
  { spark }: OperationContext,
): Promise<RunningDriver> {
  const { sparkHome } = await spark.runtime();
  return followClient(program, sparkHome, () => removeScratch(id));
}

/** Waits until the pipes of a standby's supervisor are there, the last that it makes among them. */
async function pipesOf({ path }: StandbyFolder, signal: AbortSignal): Promise<void> {
  const found = await waitUntil(async () => (await canAccess(join(path, 'end'))) || undefined, {
    timeoutMs: pipesMs,
    intervalMs: 20,
    signal,
  });
  if (found === undefined) throw new Error('its pipes are not there');
}

/** Opens the pipes of a standby's supervisor. What has taken their place, and is none, is not opened. */
async function openPipes(
  standby: StandbyFolder,
  signal: AbortSignal,
): Promise<readonly [Readable, Readable, Readable]> {
  await pipesOf(standby, signal);
  const opened: Readable[] = [];
  const open = (name: string) => {
    const socket = openPipe(join(standby.path, name));
    opened.push(socket);
    return socket;
  };
  try {
    return [open('stdout'), open('stderr'), open('end')];
  } catch (error) {
    for (const each of opened) each.destroy();
    throw error;
  }
}

/** Waits for what the supervisor says at the end; where it is gone without a word, it was killed. */
async function tell(end: Readable): Promise<Omit<ProgramExit, 'outputIsHeld'>> {
  let text = '';
  for await (const chunk of end) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const said = parseJson(text, ending);
  if (said.kind !== 'value') return { exitCode: undefined, signal: 'SIGKILL', problem: undefined };
  const { exitCode, signal } = said.value;
  return { exitCode, signal, problem: undefined };
}
