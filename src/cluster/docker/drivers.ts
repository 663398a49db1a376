import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinProperties } from '../../spark/java-properties.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { type DriverExit, type DriverLaunch, type RunningDriver, sparkLogPath } from '../driver.ts';
import { containerPropertiesPath } from '../driver-files.ts';
import type { OperationContext } from '../operation-context.ts';
import { createContainer, demultiplexer, removeContainer } from './containers.ts';
import { connectDocker, type Daemon, dockerMachine, statusOf } from './daemon.ts';
import { findContainers, imageOf, knownCluster } from './find-containers.ts';
import { type ClusterFolders, clusterFolders, prepareRun } from './folders/cluster-folders.ts';
import type { ContainerUser } from './folders/container-user.ts';
import { may, shareOwn } from './folders/share-with-group.ts';
import { label } from './plan/labels.ts';
import { planDriver } from './plan/plan-driver.ts';
import { planningOf } from './plan/planning.ts';
import { hostContainerUser } from './up-cluster.ts';

/**
 * Starts the driver of a run in a container of its own. It needs this process no more than any container does: it is
 * labelled with the run, so that `takeUpDriver` finds it again.
 */
export async function startDriver(
  name: string,
  launch: DriverLaunch,
  context: OperationContext,
): Promise<RunningDriver> {
  const daemon = await connectDocker(context.environment);
  const { record } = await knownCluster(daemon, name, context);
  const machine = await dockerMachine(daemon);
  const user = { ...hostContainerUser(machine.isRootless), uid: record.uid };
  // The submitting process owns the driver, also on a cluster of another.
  const planning = await planningOf(record.plan, user, imageOf(record), context);
  await prepareRun(context.project, launch, user, context.emit);
  const properties = await driverProperties(launch, planning.folders, user);
  try {
    const spec = planDriver({
      ...planning,
      launch,
      writes: [launch.artifactsFolder, sparkLogPath(launch.runFolder)],
      machineMb: machine.memoryMb,
      ...(properties.path === undefined ? {} : { propertiesPath: properties.path }),
    });
    const id = await createContainer(daemon, spec, context.emit);
    const output = await startAttached(daemon, id, launch, context.signal);
    return followDriver(daemon, id, output.ended, properties.remove);
  } catch (error) {
    await properties.remove();
    throw error;
  }
}

/**
 * Listens before the start, so that nothing is missed. Docker's log would have it too, but as text: bytes that are no
 * UTF-8 would not survive it.
 */
async function startAttached(
  daemon: Daemon,
  id: string,
  launch: DriverLaunch,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> {
  try {
    const stream = await daemon.ask('the output of the driver', (docker) =>
      docker.getContainer(id).attach({ stream: true, stdout: true, stderr: true }),
    );
    const ended = deliverOutput(stream, launch);
    ended.catch(() => {});
    signal.throwIfAborted();
    await daemon.ask('the start of the driver', (docker) => docker.getContainer(id).start());
    return { ended };
  } catch (error) {
    await removeContainer(daemon, id, 0);
    throw error;
  }
}

/**
 * Finds the driver of a run that another sparkctl process started, running or ended; undefined when there is none. Its
 * output is handed over from the beginning.
 */
export async function takeUpDriver(
  name: string,
  { runId, ...listeners }: Pick<DriverLaunch, 'runId' | 'onStdout' | 'onStderr'>,
  { project, environment }: Pick<OperationContext, 'project' | 'environment'>,
): Promise<RunningDriver | undefined> {
  const daemon = await connectDocker(environment);
  const containers = await findContainers(daemon, project);
  const found = containers.find(({ labels }) => labels[label.run] === runId);
  if (found === undefined) return undefined;
  const properties = containerPropertiesPath(clusterFolders(project, name).cluster, runId);
  return await followFromBeginning(daemon, found.id, listeners, () => rm(properties, { force: true }));
}

/** Follows the container of a driver that another process has followed until now. Its log has all that it has printed, as text. */
export async function followFromBeginning(
  daemon: Daemon,
  id: string,
  listeners: Listeners,
  onGone: () => Promise<void>,
): Promise<RunningDriver> {
  const stream = await daemon.ask('the log of the driver', (docker) =>
    docker.getContainer(id).logs({ stdout: true, stderr: true, follow: true }),
  );
  const output = deliverOutput(stream, listeners);
  output.catch(() => {});
  return followDriver(daemon, id, output, onGone);
}

interface DriverProperties {
  /** Undefined where there are none. */
  readonly path: string | undefined;
  remove(): Promise<void>;
}

/**
 * Puts the property files of a launch one after the other into one that the driver's container can read, wherever they
 * came from: spark-submit takes one file, and of a property that is there twice Java takes the last.
 */
export async function driverProperties(
  {
    propertiesFiles,
    secretProperties,
    runId,
  }: Pick<DriverLaunch, 'propertiesFiles' | 'secretProperties' | 'runId'>,
  folders: ClusterFolders,
  user: ContainerUser,
): Promise<DriverProperties> {
  if (propertiesFiles.length === 0 && Object.keys(secretProperties).length === 0)
    return { path: undefined, remove: async () => {} };
  const path = containerPropertiesPath(folders.cluster, runId);
  await mkdir(dirname(path), { recursive: true, mode: 0o770 });
  await writeAtomically(path, await joinProperties(propertiesFiles, secretProperties));
  if (user.access === 'group') {
    await shareOwn(folders.cluster, dirname(path), may.pass, user);
    await shareOwn(folders.cluster, path, may.read, user);
  }
  return { path, remove: () => rm(path, { force: true }) };
}

export type Listeners = Pick<DriverLaunch, 'onStdout' | 'onStderr'>;

/** Hands a driver's output on, byte by byte as it was written, until the stream ends. Who takes it slowly slows the driver down. */
export async function deliverOutput(
  stream: NodeJS.ReadableStream,
  { onStdout, onStderr }: Listeners,
): Promise<void> {
  const split = demultiplexer();
  for await (const chunk of stream) {
    for (const { stream: name, bytes } of split(chunk as Buffer))
      await (name === 'stdout' ? onStdout : onStderr)(bytes);
  }
}

/**
 * A driver's container from its start to its removal: its output is complete, and the container gone, when `exited`
 * settles. `onGone` is called then, however it ended.
 */
export function followDriver(
  daemon: Daemon,
  id: string,
  output: Promise<void>,
  onGone: () => Promise<void>,
): RunningDriver {
  const exited = (async (): Promise<DriverExit> => {
    try {
      await daemon.ask('the end of the driver', (docker) => docker.getContainer(id).wait());
      const { State } = await daemon.ask('the state of the driver', (docker) =>
        docker.getContainer(id).inspect(),
      );
      await output;
      await removeContainer(daemon, id, 0);
      return driverExit(State);
    } finally {
      await onGone();
    }
  })();
  // Whoever stops a driver need not look at how it ended.
  exited.catch(() => {});
  return {
    id,
    exited,
    stop: async (graceMs) => {
      await daemon
        .ask('the end of the driver', (docker) =>
          docker.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) }),
        )
        .catch(ignoreEnded);
      await exited.catch(() => removeContainer(daemon, id, 0));
    },
  };
}

/** It may have ended, and been removed, by itself. */
function ignoreEnded(error: unknown): void {
  if (![304, 404, 409].includes(statusOf(error) ?? 0)) throw error;
}

/** The signals by which drivers are ended, with the exit code a container has afterwards. */
const signalOfCode: Readonly<Record<number, string>> = { 137: 'SIGKILL', 143: 'SIGTERM' };

/** Describes the end of a driver's container. Docker reports a signal only by the exit code 128 + n, like a shell. */
export function driverExit({
  ExitCode,
  OOMKilled,
}: {
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
}): DriverExit {
  const signal = signalOfCode[ExitCode];
  return {
    exitCode: ExitCode,
    ...(signal === undefined ? {} : { signal }),
    ...(OOMKilled ? { outOfMemory: true } : {}),
  };
}
