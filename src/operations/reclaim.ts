import { backendKinds, loadBackend } from '../cluster/backends.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { endMarked } from '../process/end-marked.ts';
import { abandonedRuns, writeRun } from '../runs/run-store.ts';
import type { OperationContext } from './operation-context.ts';

const driverGraceMs = 5_000;

/**
 * Ends what a killed sparkctl left in this project: drivers of its runs, and clusters that were made for them. Every
 * command that works with clusters begins with it. A backend that does not answer has nothing to reclaim.
 */
export async function reclaim(context: OperationContext): Promise<void> {
  for (const run of await abandonedRuns(context.project)) {
    await endMarked(run.id, driverGraceMs);
    await writeRun(run);
    context.emit({ kind: 'note', text: `Run ${run.id} is lost: its sparkctl was ended without a word` });
  }
  for (const kind of backendKinds) {
    try {
      const backend = await loadBackend(kind);
      for (const name of await backend.reclaim(context)) {
        context.emit({ kind: 'note', text: `Ended cluster ${name}, which a killed sparkctl had left` });
      }
    } catch (error) {
      if (!(error instanceof SparkctlError && error.failureCause !== 'io')) throw error;
    }
  }
}
