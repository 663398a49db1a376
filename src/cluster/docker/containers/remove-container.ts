import type { Daemon } from '../daemon/connect-docker.ts';
import { statusOf } from '../daemon/is-not-found.ts';

/** Ends a container with SIGTERM, after `graceMs` with SIGKILL, and removes it together with the volumes of its own. */
export async function removeContainer(daemon: Daemon, id: string, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    await allow(
      [304, 404],
      daemon.ask('the end of a container', (docker) =>
        docker.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) }),
      ),
    );
  }
  // 409: somebody else is removing it already.
  await allow(
    [404, 409],
    daemon.ask('the removal of a container', (docker) =>
      docker.getContainer(id).remove({ force: true, v: true }),
    ),
  );
}

async function allow(statuses: readonly number[], request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  }
}
