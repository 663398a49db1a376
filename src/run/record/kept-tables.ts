import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keptTableFile } from '../../job/kept-table/kept-table.ts';
import type { Emit } from '../../system/event.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { type LoadingJob, runsIntoTable } from './earlier-runs.ts';
import { holdRun, runFolder } from './run-store.ts';

/** Removes the tables that runs of a job have kept, but for those of the newest runs that have one. What cannot be removed is told. */
export async function removeOldTables(of: LoadingJob, keep: number, emit: Emit): Promise<void> {
  let kept = 0;
  for (const { project, id } of await runsIntoTable(of)) {
    const path = join(runFolder(project, id), keptTableFile);
    if (!(await canAccess(path))) continue;
    kept += 1;
    if (kept <= keep) continue;
    try {
      await using folder = await holdRun(project, id);
      await rm(join(folder.path, keptTableFile), { force: true });
    } catch (error) {
      emit({ kind: 'leftover-kept', path, code: String((error as NodeJS.ErrnoException).code) });
    }
  }
}
