import { join } from 'node:path';
import { projectFolder } from '../config/project-folder.ts';
import { followRunLog } from '../operations/follow-run-log.ts';
import { findRun, listRuns, runFolder } from '../runs/run-store.ts';
import type { CommandContext } from './command-context.ts';
import { paint } from './render/progress.ts';
import { formatRunDetails, formatRunList } from './render/run-table.ts';

export async function runsList(json: boolean, { host }: CommandContext): Promise<number> {
  const runs = await listRuns(projectFolder(host.workingFolder));
  host.stdout.write(
    json
      ? `${JSON.stringify({ schemaVersion: 1, runs }, null, 2)}\n`
      : formatRunList(runs, paint(host.stdout, host.environment)),
  );
  return 0;
}

export async function runsShow(
  id: string | undefined,
  json: boolean,
  { host }: CommandContext,
): Promise<number> {
  const run = await findRun(projectFolder(host.workingFolder), id);
  host.stdout.write(
    json
      ? `${JSON.stringify(run, null, 2)}\n`
      : formatRunDetails(run, host.workingFolder, paint(host.stdout, host.environment)),
  );
  return 0;
}

interface LogValues {
  readonly stderr?: true;
  readonly spark?: true;
  readonly json?: true;
  readonly follow?: true;
}

export async function runsLogs(
  id: string | undefined,
  values: LogValues,
  { host, signal }: CommandContext,
): Promise<number> {
  const project = projectFolder(host.workingFolder);
  const run = await findRun(project, id);
  const stream = values.spark ? 'spark' : values.stderr ? 'stderr' : 'stdout';
  const path = join(runFolder(project, run.id), `${stream}.log`);
  for await (const line of followRunLog(run, path, values.follow === true, signal)) {
    host.stdout.write(values.json ? `${JSON.stringify({ run: run.id, stream, line })}\n` : `${line}\n`);
  }
  signal.throwIfAborted();
  return 0;
}
