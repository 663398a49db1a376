import { rm } from 'node:fs/promises';
import { Cluster } from '../../cluster/cluster.ts';
import { clusterNames } from '../../cluster/cluster-folder.ts';
import { driverScratch, privatePropertiesOf, runsWithScratch } from '../../cluster/driver-files.ts';
import type { OperationContext } from '../../cluster/operation-context.ts';
import { loadBackend, presentBackends } from '../../cluster/registry.ts';
import { reclaimMade } from '../../spark/made-once.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { livenessOf } from '../../system/processes/process-identity.ts';
import { endMarked, livingMarks } from '../../system/processes/process-mark.ts';
import { mapFew } from '../../system/processes/wait-until.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type FoundRun, readRuns, runFolder, writeRun } from '../record/run-store.ts';
import { haveTakenUp } from './have-taken-up.ts';

const driverGraceMs = 5_000;

/**
 * Ends what a killed sparkctl left: drivers of this project's runs, clusters that were made for them, and installations of
 * the runtime. Every command that works with clusters begins with it. A backend that does not answer has nothing to
 * reclaim, and what belongs to another host or PID namespace is never touched. Runs that can be taken up again are, by a process
 * of their own; `at-once` does not wait until that one has begun. Returns the runs that go on.
 */
export async function reclaim(
  context: OperationContext,
  when: 'in-order' | 'at-once' = 'in-order',
): Promise<ReadonlySet<string>> {
  await reclaimMade(context);
  const { runs } = await readRuns(context.project);
  for (const { record, situation } of runs)
    if (situation === 'left') await haveTakenUp(record, when, context);
  const goingOn = new Set(runs.filter(isGoingOn).map(({ record }) => record.id));
  await reclaimRuns(
    runs.filter((run) => !isGoingOn(run)),
    context,
  );
  for (const kind of await presentBackends(context)) {
    try {
      const backend = await loadBackend(kind, context);
      for (const name of await backend.reclaim(context, goingOn)) {
        context.emit({ kind: 'cluster-reclaimed', cluster: name });
      }
      for (const name of await clusterNames(context.project))
        await (await Cluster.of(kind, name, context)).standbys?.reclaim(goingOn);
    } catch (error) {
      if (!(error instanceof SparkctlError && error.category !== 'io')) throw error;
    }
  }
  return goingOn;
}

function isGoingOn({ situation }: FoundRun): boolean {
  return situation !== 'over' && situation !== 'abandoned';
}

async function reclaimRuns(runs: readonly FoundRun[], context: OperationContext): Promise<void> {
  if (runs.length === 0) return;
  const [marks, scratches] = await Promise.all([livingMarks(), runsWithScratch()]);
  const left = await mapFew(runs, async (found) => {
    const { record } = found;
    const files = await privateFilesOf(record);
    const remains = marks.has(record.id) || scratches.has(record.id) || files.length > 0;
    return { ...found, files, remains };
  });
  for (const { record, situation, files, remains } of left) {
    if (situation === 'over' && !remains) continue;
    // A sparkctl that has written its last word may still be clearing up.
    if ((await livenessOf(record.owner)) !== 'dead') continue;
    if (marks.has(record.id)) await endMarked(record.id, driverGraceMs);
    for (const path of [...files, driverScratch(record.id)]) await remove(path, context);
    if (situation === 'abandoned') await writeRun(record);
    context.emit({ kind: situation === 'abandoned' ? 'run-lost' : 'run-cleared', run: record.id });
  }
}

/** The secrets that were to last as long as the run, where they are left. A driver that goes on has read them at its start. */
async function privateFilesOf({ id, cluster, project }: RunRecord): Promise<readonly string[]> {
  const name = cluster?.backend === 'external' ? undefined : cluster?.name;
  const paths = privatePropertiesOf(project, id, runFolder(project, id), name);
  const present = await Promise.all(paths.map(async (path) => ((await canAccess(path)) ? [path] : [])));
  return present.flat();
}

/** Removes a leftover; a failure is reported, and does not stop the rest. */
async function remove(path: string, { emit }: OperationContext): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) =>
    emit({ kind: 'leftover-kept', path, code: String(error.code) }),
  );
}
