import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { followRunLog } from '../operations/follow-run-log.ts';
import { openLink } from '../operations/open-link.ts';
import { projectFolder } from '../operations/project-folder.ts';
import { diffRuns } from '../run/diff-runs.ts';
import { findRun, readRuns, reportFile, runFolder } from '../run/run-store.ts';
import { printableJson } from '../system/errors/printable.ts';
import type { CommandContext } from './command-context.ts';
import { makeProgress, paint } from './render/progress.ts';
import { formatRunDiff } from './render/run-diff.ts';
import { formatRunDetails, formatRunList } from './render/run-table.ts';

export async function runsList(json: boolean, { host }: CommandContext): Promise<number> {
  const { runs, damaged } = await readRuns(projectFolder(host.workingFolder));
  const progress = makeProgress('quiet', host.stderr, host.environment);
  for (const { path, reason } of damaged) progress.show({ kind: 'record-unusable', path, reason });
  const listed = runs.map(({ record, situation }) => ({
    ...record,
    ...(situation === 'elsewhere' && { elsewhere: true }),
  }));
  const passedOver = damaged.map(({ path, reason }) => ({ path, reason }));
  host.stdout.write(
    json
      ? `${printableJson({ schemaVersion: 1, runs: listed, damaged: passedOver }, 2)}\n`
      : formatRunList(runs),
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
      ? `${printableJson(run, 2)}\n`
      : formatRunDetails(run, host.workingFolder, paint(host.stdout, host.environment)),
  );
  return 0;
}

/** Compares two runs. They may well differ: that is no failure. */
export async function runsDiff(
  a: string,
  b: string,
  json: boolean,
  { host }: CommandContext,
): Promise<number> {
  const project = projectFolder(host.workingFolder);
  const [one, other] = [await findRun(project, a), await findRun(project, b)];
  const difference = diffRuns(one, other);
  host.stdout.write(
    json
      ? `${printableJson({ schemaVersion: 1, a: one.id, b: other.id, ...difference }, 2)}\n`
      : formatRunDiff(one, other, difference),
  );
  return 0;
}

/** Opens the report of a run; where there is no browser, its path is all that can be given. */
export async function runsOpen(id: string | undefined, { host }: CommandContext): Promise<number> {
  const project = projectFolder(host.workingFolder);
  const run = await findRun(project, id);
  const path = join(runFolder(project, run.id), reportFile);
  host.stdout.write(`${path}\n`);
  await openLink(pathToFileURL(path).href, host.environment);
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
    host.stdout.write(values.json ? `${printableJson({ run: run.id, stream, line })}\n` : `${line}\n`);
    await host.stdout.ready(signal);
  }
  signal.throwIfAborted();
  return 0;
}
