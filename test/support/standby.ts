import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { standbyFolders } from '../../src/cluster/standby/standby-folder.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';

/** The time that a standby driver may take until it is warm, on a busy machine. */
const readyMs = 180_000;

/** Waits until a driver waits on a cluster. It looks at files: a command again and again would take the time that the driver needs. */
export async function untilStandbyReady(project: string, cluster = 'default'): Promise<void> {
  const isReady = async () => {
    const waiting = (await standbyFolders(project, cluster)).some(
      ({ path }) => existsSync(join(path, 'ready')) && !existsSync(join(path, 'claimed')),
    );
    return waiting ? true : undefined;
  };
  if ((await waitUntil(isReady, { timeoutMs: readyMs, intervalMs: 100 })) !== true)
    throw new Error(`no standby driver waits on cluster ${cluster} of ${project}`);
}
