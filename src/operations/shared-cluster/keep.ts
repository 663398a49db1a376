import { clusterClaim } from '../../cluster/lock-cluster.ts';
import type { OperationContext } from '../../cluster/operation-context.ts';
import { reclaim } from '../../run/left/reclaim.ts';
import { prepareStandby } from '../../run/prepare-standby.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { holdersOf, stopHolder } from '../../system/locks/claims.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import { startScopedCluster } from '../scoped-cluster.ts';
import { SharedClusterPlace } from './place.ts';

/** Somebody who watches tests leaves for the night. */
const standbyIdleMs = 24 * 60 * 60_000;
const lookIntervalMs = 500;

/**
 * Starts a shared cluster, and takes it down as soon as none of its users lives. It belongs to this process: if that is
 * killed, the next command takes the cluster down.
 */
export async function keepSharedCluster(name: string, context: OperationContext): Promise<void> {
  const found = await SharedClusterPlace.named(name, context);
  if (found === undefined) {
    throw new SparkctlError({
      code: 'no-shared-cluster',
      category: 'usage',
      message: `Nobody has asked for a shared cluster ${name} in ${context.project}.`,
      hint: 'This command is started by sharedCluster() of the library. For a cluster of your own: sparkctl cluster up',
    });
  }
  const { place, request } = found;
  await place.writeKeeper({ state: 'starting' });
  try {
    await using cluster = (await startScopedCluster(name, request, context)).cluster;
    await cluster.standbys?.set({ idleMs: standbyIdleMs });
    await prepareStandby(cluster, request.workingFolder, context);
    await place.writeKeeper({ state: 'ready', backend: cluster.backend });
    await untilUnused(place, context.signal);
    await endRuns(name, context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { code, category, message, hint } = asSparkctlError(error);
    await place.writeKeeper({ state: 'failed', failure: { code, category, message, ...(hint && { hint }) } });
    throw error;
  }
}

/** Waits until no user lives, and says under the lock that it is over: whoever comes after that starts a keeper anew. */
async function untilUnused(place: SharedClusterPlace, signal: AbortSignal): Promise<void> {
  await waitUntil(
    async () => {
      if (await place.hasUsers()) return undefined;
      await using _lock = await place.lock(signal);
      if (await place.hasUsers()) return undefined;
      await place.writeKeeper({ state: 'ending' });
      return true;
    },
    { timeoutMs: Number.POSITIVE_INFINITY, intervalMs: lookIntervalMs, signal },
  );
}

/** Ends what users left on the cluster: drivers of those that were killed, and runs that somebody else has submitted. */
async function endRuns(name: string, context: OperationContext): Promise<void> {
  await reclaim(context);
  for (const holder of await holdersOf(context.project, clusterClaim(name)))
    await stopHolder(context.project, holder, 'the end of the shared cluster', context.signal);
}

function asSparkctlError(error: unknown): SparkctlError {
  if (error instanceof SparkctlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SparkctlError({ code: 'defect', category: 'defect', message, cause: error });
}
