import { backendKinds, loadBackend } from '../cluster/backends.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import type { OperationContext } from './operation-context.ts';

/** Ends what is left of ephemeral clusters whose sparkctl was killed. A backend that is not there has nothing to reclaim. */
export async function reclaimClusters(context: OperationContext): Promise<void> {
  for (const kind of backendKinds) {
    try {
      const backend = await loadBackend(kind);
      for (const name of await backend.reclaim(context)) {
        context.emit({ kind: 'note', text: `Ended cluster ${name}, which was left by a sparkctl that is no more` });
      }
    } catch (error) {
      if (!(error instanceof SparkctlError && error.failureCause !== 'io')) throw error;
    }
  }
}
