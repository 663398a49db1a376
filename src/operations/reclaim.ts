import { rm } from 'node:fs/promises';
import { backendKinds, loadBackend } from '../cluster/backends.ts';
import { driverScratch } from '../cluster/driver-scratch.ts';
import { privatePropertiesOf } from '../cluster/private-properties.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { endMarked } from '../process/end-marked.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { abandonedRuns, runFolder, writeRun } from '../runs/run-store.ts';
import { reclaimRuntimes } from '../runtime/managed-runtime.ts';
import type { OperationContext } from './operation-context.ts';

const driverGraceMs = 5_000;

/**
 * Ends what a killed sparkctl left: drivers of this project's runs, clusters that were made for them, and installations of
 * the runtime. Every command that works with clusters begins with it. A backend that does not answer has nothing to reclaim.
 */
export async function reclaim(context: OperationContext): Promise<void> {
  await reclaimRuntimes(context);
  for (const run of await abandonedRuns(context.project)) {
    await endMarked(run.id, driverGraceMs);
    await removeSecrets(run, context.project);
    await rm(driverScratch(run.id), { recursive: true, force: true });
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

/** What was to last as long as the run. A driver that goes on has read it at its start. */
async function removeSecrets({ id, cluster }: RunRecord, project: string): Promise<void> {
  const name = cluster?.backend === 'external' ? undefined : cluster?.name;
  for (const path of privatePropertiesOf(project, id, runFolder(project, id), name))
    await rm(path, { force: true });
}
