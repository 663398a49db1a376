import type { BackendContext } from '../../backend.ts';
import type { DriverLaunch, RunningDriver } from '../../driver.ts';
import { removeContainer } from '../containers/remove-container.ts';
import { createContainer } from '../containers/start-container.ts';
import { connectDocker, type Daemon } from '../daemon/connect-docker.ts';
import { dockerMachine } from '../daemon/docker-machine.ts';
import { prepareRun } from '../folders/prepare-folders.ts';
import { imageOf, knownCluster } from '../operations/known-cluster.ts';
import { planningOf } from '../operations/planning.ts';
import { hostContainerUser } from '../operations/up-cluster.ts';
import { planDriver } from '../plan/plan-driver.ts';
import { driverProperties } from './driver-properties.ts';
import { deliverOutput, followDriver } from './follow-driver.ts';

/**
 * Starts the driver of a run in a container of its own. It needs this process no more than any container does: it is
 * labelled with the run, so that `findDriver` finds it again.
 */
export async function startDriver(
  name: string,
  launch: DriverLaunch,
  context: BackendContext,
): Promise<RunningDriver> {
  const daemon = await connectDocker(context.environment);
  const { record } = await knownCluster(daemon, name, context);
  const machine = await dockerMachine(daemon);
  const user = { ...hostContainerUser(machine.isRootless), uid: record.uid };
  // The one who submits answers for the driver, whoever made the cluster.
  const planning = await planningOf(record.plan, user, imageOf(record), context);
  await prepareRun(context.project, launch, user, context.emit);
  const properties = await driverProperties(launch, planning.folders, user);
  try {
    const spec = planDriver({
      ...planning,
      launch,
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
