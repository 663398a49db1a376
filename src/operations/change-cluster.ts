import { ClusterInUse } from '../cluster/lock-cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { reclaim } from '../run/reclaim.ts';
import { stopHolder } from '../system/locks/claims.ts';

interface ChangeOptions {
  /** Runs that use the cluster are stopped first; otherwise the change is refused. */
  readonly force: boolean;
  /** The command, for the records of runs that it stops. */
  readonly command: string;
}

/** Changes or removes a cluster that runs may use. */
export async function changeCluster<Result>(
  { force, command }: ChangeOptions,
  context: OperationContext,
  change: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!force || !(error instanceof ClusterInUse)) throw error;
      for (const holder of error.holders) {
        context.emit({ kind: 'stopping-run', run: holder.run, cluster: error.cluster });
        const by = `${command} --force (process ${process.pid})`;
        await stopHolder(context.project, holder, by, context.signal);
      }
      // One that was killed meanwhile has left its driver.
      await reclaim(context);
    }
  }
}
