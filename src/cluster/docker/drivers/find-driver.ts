import type { BackendContext } from '../../backend.ts';
import type { DriverLaunch, RunningDriver } from '../../driver.ts';
import { findContainers } from '../containers/find-containers.ts';
import { connectDocker } from '../daemon/connect-docker.ts';
import { label } from '../plan/labels.ts';
import { deliverOutput, followDriver } from './follow-driver.ts';

/**
 * Finds the driver of a run that another sparkctl process started, running or ended; undefined when there is none. Its
 * output is handed over from the beginning.
 */
export async function findDriver(
  { runId, onStdout, onStderr }: Pick<DriverLaunch, 'runId' | 'onStdout' | 'onStderr'>,
  context: Pick<BackendContext, 'project' | 'environment'>,
): Promise<RunningDriver | undefined> {
  const daemon = await connectDocker(context.environment);
  const found = (await findContainers(daemon, context.project)).find(
    ({ labels }) => labels[label.run] === runId,
  );
  if (found === undefined) return undefined;
  const stream = await daemon.ask('the log of the driver', (docker) =>
    docker.getContainer(found.id).logs({ stdout: true, stderr: true, follow: true }),
  );
  return followDriver(daemon, found.id, deliverOutput(stream, { onStdout, onStderr }), async () => {});
}
