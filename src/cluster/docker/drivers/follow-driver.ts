import type { DriverExit, DriverLaunch, RunningDriver } from '../../driver.ts';
import { demultiplexer } from '../containers/demultiplex.ts';
import { removeContainer } from '../containers/remove-container.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import { statusOf } from '../daemon/is-not-found.ts';
import { driverExit } from './driver-exit.ts';

type Listeners = Pick<DriverLaunch, 'onStdout' | 'onStderr'>;

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
