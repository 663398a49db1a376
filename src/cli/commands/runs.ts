import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, Option } from 'commander';

import { printableJson } from '../../system/errors/printable.ts';
import { exitCodeOf, SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { counted } from '../../system/format-number.ts';
import type { CommandContext } from '../cli-host.ts';
import { paint } from '../render/paint.ts';
import { duration, type OutputOptionValues, wholeNumber, withOutput } from './options.ts';
import { runToEnd } from './submit.ts';

/** Text for people, the record, a test suite for a server of builds, and a page for its summary. */
const formats = ['text', 'json', 'junit', 'markdown'] as const;

interface LogValues {
  readonly stderr?: true;
  readonly spark?: true;
  readonly json?: true;
  readonly follow?: true;
}

interface AnswerValues {
  readonly json?: true;
}

interface DiffValues extends AnswerValues {
  readonly data?: true;
  readonly html?: string;
}

interface ShowValues extends AnswerValues {
  readonly format?: (typeof formats)[number];
}

interface WaitValues extends AnswerValues {
  readonly timeout?: number;
}

interface PruneValues extends AnswerValues {
  readonly keep?: number;
  readonly olderThan?: number;
  readonly dryRun?: true;
}

/** Loads what every action here needs. */
async function load({ host }: CommandContext) {
  const { projectFolder } = await import('../../operations/context.ts');
  return {
    project: projectFolder(host.workingFolder),
    ...(await import('../../operations/runs.ts')),
    ...(await import('../../operations/end-runs.ts')),
    ...(await import('../render/run-summary.ts')),
    ...(await import('../render/runs.ts')),
    ...(await import('../render/run-formats.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** The same for what is said of runs: those that a killed sparkctl has left are taken up first. */
async function loadTakenUp(context: CommandContext) {
  const loaded = await load(context);
  const found = await loaded.takeUpLeft(loaded.surroundings(context, loaded.quiet(context)));
  return { ...loaded, found };
}

/** `sparkctl runs list|show|diff|logs|open|wait|kill|rerun|prune`. */
export function runsCommand(context: CommandContext): Command {
  const runs = new Command('runs')
    .summary('show what became of submissions')
    .description('The runs of this project, from their run folders. No server is needed.');
  runs
    .command('list')
    .description('every run, the newest first')
    .option('--json', 'print JSON on stdout')
    .action((values: AnswerValues) => list(values, context));
  runs
    .command('show')
    .description('everything that is known of a run')
    .argument('[run]', 'its id or the beginning of it; default: the newest')
    .option('--json', 'print the run record on stdout')
    .addOption(new Option('--format <format>', 'the form of what is printed').choices(formats))
    .action((id: string | undefined, values: ShowValues) => show(id, values, context));
  runs
    .command('logs')
    .description("what a run's script printed")
    .argument('[run]', 'its id or the beginning of it; default: the newest')
    .option('--stderr', 'what it printed on stderr instead')
    .option('--spark', "Spark's own log instead")
    .option('--json', 'print one JSON object a line')
    .option('-f, --follow', 'go on as it grows, until the run is over')
    .action((id: string | undefined, values: LogValues) => logs(id, values, context));
  runs
    .command('diff')
    .description('how two runs differ: results, metrics, times, settings')
    .argument('<a>', 'a run: its id or the beginning of it')
    .argument('<b>', 'another one')
    .option(
      '--data',
      'how the rows of their tables differ instead, where keep: in the manifest has kept them',
    )
    .option('--html <file>', 'write a page with both side by side, down to their stages')
    .option('--json', 'print JSON on stdout')
    .action((a: string, b: string, values: DiffValues) => diff(a, b, values, context));
  runs
    .command('open')
    .description("show a run's report in the browser")
    .argument('[run]', 'its id or the beginning of it; default: the newest')
    .action((id: string | undefined) => open(id, context));
  runs
    .command('wait')
    .description('wait until a run is over, and end with its exit code')
    .argument('[run]', 'its id or the beginning of it; default: the newest')
    .addOption(new Option('--timeout <duration>', 'stop waiting after so long (124)').argParser(duration))
    .option('--json', 'print the run record on stdout')
    .action((id: string | undefined, values: WaitValues) => wait(id, values, context));
  runs
    .command('kill')
    .description('end a run in order, whichever terminal it was started in')
    .argument('[run]', 'its id or the beginning of it; default: the newest')
    .option('--json', 'print the run record on stdout')
    .action((id: string | undefined, values: AnswerValues) => kill(id, values, context));
  withOutput(
    runs
      .command('rerun')
      .description(
        'submit the job of a run once more, with the same words; script and manifest are those of now',
      )
      .argument('[run]', 'its id or the beginning of it; default: the newest'),
    "print the run record on stdout; the script's output is in the run folder",
  ).action((id: string | undefined, values: OutputOptionValues) => rerun(id, values, context));
  runs
    .command('prune')
    .description('remove the folders of runs that are over')
    .addOption(new Option('--keep <n>', 'but the newest n').argParser(wholeNumber(0)))
    .addOption(new Option('--older-than <duration>', 'that ended before, such as 7d').argParser(duration))
    .option('--dry-run', 'say which, and remove nothing')
    .option('--json', 'print JSON on stdout')
    .action((values: PruneValues) => prune(values, context));
  return runs;
}

async function list(values: AnswerValues, context: CommandContext): Promise<void> {
  const { found, formatRunList, print, quiet } = await loadTakenUp(context);
  const { runs, damaged } = found;
  const progress = quiet(context);
  for (const { path, reason } of damaged) progress.show({ kind: 'record-unusable', path, reason });
  const answer = {
    schemaVersion: 1,
    runs: runs.map(({ record, situation }) => ({
      ...record,
      ...(situation === 'elsewhere' && { elsewhere: true }),
    })),
    damaged: damaged.map(({ path, reason }) => ({ path, reason })),
  };
  print(context, values, answer, () => formatRunList(runs));
}

async function show(id: string | undefined, values: ShowValues, context: CommandContext): Promise<void> {
  const { project, findRun, formatJunit, formatMarkdown, formatRunDetails, print } =
    await loadTakenUp(context);
  const { workingFolder, stdout, environment } = context.host;
  const run = await findRun(project, id);
  const { format = 'text' } = values;
  const json = values.json ?? (format === 'json' ? true : undefined);
  print(context, json ? { json } : {}, run, () => {
    if (format === 'junit') return formatJunit(run);
    if (format === 'markdown') return formatMarkdown(run);
    return formatRunDetails(run, workingFolder, paint(stdout, environment));
  });
}

/** Compares two runs. A difference is no failure. */
async function diff(a: string, b: string, values: DiffValues, context: CommandContext): Promise<void> {
  if (values.data) return await diffRows(a, b, values, context);
  const { project, compareRuns, writeComparison, formatRunDiff, print } = await load(context);
  const { a: one, b: other, ...difference } = await compareRuns(project, a, b);
  if (values.html !== undefined)
    await writeComparison(one, other, resolve(context.host.workingFolder, values.html));
  print(context, values, { schemaVersion: 1, a: one.id, b: other.id, ...difference }, () =>
    formatRunDiff(one, other, difference),
  );
}

/** Compares the rows that two runs have kept. */
async function diffRows(a: string, b: string, values: AnswerValues, context: CommandContext): Promise<void> {
  const { project, print } = await load(context);
  const { compareData } = await import('../../operations/compare-data.ts');
  const { formatDataDiff } = await import('../render/data-diff.ts');
  const { a: one, b: other, ...difference } = await compareData(project, a, b);
  print(context, values, { schemaVersion: 1, a: one.id, b: other.id, ...difference }, () =>
    formatDataDiff(one.id, other.id, difference),
  );
}

/** Opens the report of a run. Without a browser, its path is all that can be given. */
async function open(id: string | undefined, context: CommandContext): Promise<void> {
  const { project, findRun, reportOf } = await load(context);
  const { openLink } = await import('../../operations/open-link.ts');
  const path = reportOf(await findRun(project, id));
  context.host.stdout.write(`${path}\n`);
  await openLink(pathToFileURL(path).href, context.host.environment);
}

async function logs(id: string | undefined, values: LogValues, context: CommandContext): Promise<void> {
  const { project, findRun, runLogs, printLines } = await loadTakenUp(context);
  const run = await findRun(project, id);
  const stream = values.spark ? 'spark' : values.stderr ? 'stderr' : 'stdout';
  const lines = runLogs(run, { stream, follow: values.follow === true, signal: context.signal });
  await printLines(context, lines, (line) =>
    values.json ? printableJson({ run: run.id, stream, line }) : line,
  );
}

/** Ends with the exit code of the run; a lost one has none, and counts as terminated. */
async function wait(id: string | undefined, values: WaitValues, context: CommandContext): Promise<void> {
  const { waitForRun, formatFailure, print, quiet, surroundings } = await load(context);
  const { host } = context;
  const record = await waitForRun(id, values.timeout, surroundings(context, quiet(context)));
  print(context, values, record, () => `${record.id} ${record.state}\n`);
  host.stderr.write(formatFailure(record, paint(host.stderr, host.environment)));
  context.end(record.exitCode ?? exitCodeOf.terminated);
}

async function rerun(
  id: string | undefined,
  values: OutputOptionValues,
  context: CommandContext,
): Promise<void> {
  const { quiet, surroundings } = await load(context);
  const { requestOf } = await import('../../operations/submit.ts');
  await runToEnd(await requestOf(id, surroundings(context, quiet(context))), values, context);
}

async function kill(id: string | undefined, values: AnswerValues, context: CommandContext): Promise<void> {
  const { killRun, print, quiet, surroundings } = await load(context);
  const { record, wasOver } = await killRun(id, surroundings(context, quiet(context)));
  print(context, values, record, () =>
    wasOver ? `${record.id} was over already: ${record.state}\n` : `${record.id} ${record.state}\n`,
  );
}

async function prune(values: PruneValues, context: CommandContext): Promise<void> {
  const { keep, olderThan: olderThanMs, dryRun = false } = values;
  if (keep === undefined && olderThanMs === undefined)
    throw new SparkctlError({
      code: 'nothing-to-prune',
      category: 'usage',
      message: 'runs prune must be told what to remove.',
      hint: 'Keep the newest with --keep 20, or remove what is old with --older-than 7d. --dry-run says which they are.',
    });
  const { pruneRuns, print, quiet, surroundings } = await load(context);
  const removed = await pruneRuns({ keep, olderThanMs, dryRun }, surroundings(context, quiet(context)));
  print(context, values, { schemaVersion: 1, removed, dryRun }, () =>
    removed.length === 0
      ? 'Nothing to remove.\n'
      : `${removed.map((run) => `${run}\n`).join('')}${dryRun ? 'Would remove' : 'Removed'} ${counted(removed.length, 'run')}.\n`,
  );
}
