import { Command, Option } from 'commander';
import { quoteForShell, sparkSubmitInquiries, sparkSubmitOptions } from '../../operations/vocabulary.ts';
import type { SubmitRequest } from '../../run/plan/submit-request.ts';
import type { GivenSparkOption } from '../../spark/spark-submit.ts';
import { printable, printableJson } from '../../system/errors/printable.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { CommandContext } from '../cli-host.ts';
import { paint } from '../render/paint.ts';
import { makeProgress, silence } from '../render/progress.ts';
import {
  type ClusterOptionValues,
  duration,
  type OutputOptionValues,
  requestOf,
  type StandbyOptionValues,
  standbyOf,
  withClusterName,
  withClusterSize,
  withDatasetNumbers,
  withOutput,
  withSettings,
  withStandby,
} from './options.ts';

interface Values extends ClusterOptionValues, OutputOptionValues, StandbyOptionValues {
  readonly keep?: true;
  readonly wait?: true;
  readonly timeout?: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly dataFolder?: string;
  readonly strict?: true;
  readonly skipChecks?: true;
  readonly manifest: boolean;
  readonly dryRun?: true;
  readonly detach?: true;
  readonly detached?: true;
}

/** Java's line at every start about a module that Spark switches on; it is kept in stderr.log. */
const javaNoise = 'WARNING: Using incubator modules: jdk.incubator.vector\n';

const sparkHeading = "Options of spark-submit, in spark-submit's own spelling:";

/** `sparkctl submit`. */
export function submitCommand(context: CommandContext): Command {
  const given: GivenSparkOption[] = [];
  const command = new Command('submit')
    .summary('run a job to a verified result')
    .description(
      'Submits a PySpark script, a jar or a manifest: finds or starts a cluster, makes the data and the database that the\n' +
        "manifest asks for, runs spark-submit, and checks the result. Every word after the script is the script's own.",
    )
    .argument('[application]', 'script.py, job.yaml or app.jar')
    .argument('[arguments...]', "the script's own arguments")
    .passThroughOptions();
  withStandby(withClusterSize(withClusterName(command)))
    .option('--keep', 'leave the cluster that was started for the run')
    .option('--wait', 'wait for a run that holds the input or the target, instead of ending with 75')
    .addOption(
      new Option('--timeout <duration>', 'stop the run after so long, such as 10m').argParser(duration),
    );
  withDatasetNumbers(command)
    .option(
      '--data-folder <dir>',
      "a folder of the project for what the manifest's job makes, instead of the project's",
    )
    .option('--strict', 'fail (65) when any row was quarantined, or any check warned or was skipped')
    .option('--skip-checks', 'do not check the result')
    .option('--no-manifest', 'submit the script alone, whatever lies beside it')
    .option(
      '--detach',
      'return at once and leave the run to a process of its own; see runs wait, runs logs -f',
    )
    // For the process that --detach starts.
    .addOption(new Option('--detached').hideHelp())
    .option('--dry-run', 'print the command and run nothing');
  withOutput(command, "print the run record on stdout; the script's output is in the run folder");
  addSparkOptions(command, given);
  return command.action(async (application: string | undefined, args: string[], values: Values) => {
    const isInquiry = given.some(({ name }) =>
      sparkSubmitInquiries.some(({ flags }) => flags.startsWith(name)),
    );
    if (isInquiry) return await inquire(given, context);
    if (application === undefined) return command.error('error: no script was named');
    if (values.detach && !values.dryRun) return await runDetached(values, context);
    const request: SubmitRequest = {
      application,
      applicationArguments: args,
      sparkOptions: given,
      workingFolder: context.host.workingFolder,
      useManifest: values.manifest,
      cluster: requestOf(values),
      keep: values.keep === true,
      standby: standbyOf(values),
      wait: values.wait === true,
      timeoutMs: values.timeout,
      rows: values.rows,
      seed: values.seed,
      dataFolder: values.dataFolder,
      strict: values.strict === true,
      skipChecks: values.skipChecks === true,
      detached: values.detached === true,
    };
    const settings = withSettings(values, context);
    await (values.dryRun ? showPlan(request, values, settings) : runToEnd(request, values, settings));
  });
}

/** Keeps the options in the order in which they were given: of two that say the same, spark-submit takes the last. */
function addSparkOptions(command: Command, given: GivenSparkOption[]): void {
  command.optionsGroup(sparkHeading);
  for (const { flags, text } of [...sparkSubmitOptions, ...sparkSubmitInquiries]) {
    const option = new Option(flags, text);
    const name = option.long as GivenSparkOption['name'];
    command.addOption(option);
    command.on(`option:${option.name()}`, (value: string | null | undefined) => {
      given.push(value == null ? { name } : { name, value });
    });
  }
}

/** Loads what a submission needs. TypeScript leaves the path of an `import()` beside a `using` as it is, so it stands here. */
async function load() {
  return {
    ...(await import('../../operations/submit.ts')),
    ...(await import('../render/plan.ts')),
    ...(await import('../render/run-summary.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** Submits a job, shows how it goes, and ends with its exit code. */
export async function runToEnd(
  request: SubmitRequest,
  { json, progress: kind }: OutputOptionValues,
  context: CommandContext,
): Promise<void> {
  const { submit, formatRunSummary, formatFailure, surroundings } = await load();
  const { host } = context;
  using progress = await makeProgress(kind, host, context.signal);
  const output: Pick<SubmitRequest, 'onStdout' | 'onStderr'> = {
    onStdout: (chunk) => {
      progress.print(host.stdout, chunk);
      return host.stdout.ready();
    },
    onStderr: (chunk) => {
      const text = withoutJavaNoise(chunk);
      if (text.length > 0) progress.print(host.stderr, text);
      return host.stderr.ready();
    },
  };
  const record = await submit({ ...request, ...(!json && output) }, surroundings(context, progress));
  progress[Symbol.dispose]();
  if (json) host.stdout.write(`${printableJson(record, 2)}\n`);
  const color = paint(host.stderr, host.environment);
  if (kind !== 'quiet' && kind !== 'json')
    host.stderr.write(formatRunSummary(record, host.workingFolder, color));
  host.stderr.write(formatFailure(record, color));
  context.end(record.exitCode ?? 0);
}

/** Leaves a submission to a process of its own, and prints the name of its run. */
async function runDetached({ json, progress }: OutputOptionValues, context: CommandContext): Promise<void> {
  if (progress !== 'auto')
    throw new SparkctlError({
      code: 'detached-progress',
      category: 'usage',
      message: 'A detached run shows no progress.',
      hint: 'Leave out --progress, and follow the run with: sparkctl runs logs -f',
    });
  const { detach } = await import('../../operations/detach.ts');
  const { surroundings } = await import('./surroundings.ts');
  const { stdout, stderr, workingFolder } = context.host;
  const own = context.words.indexOf('--detach');
  const [command = '', ...words] = context.words.toSpliced(own, 1);
  // What the script prints is in the run's folder alone.
  const asProgram = [command, '--detached', '--progress', 'json', ...(json ? [] : ['--json']), ...words];
  const detached = await detach(asProgram, workingFolder, surroundings(context, silence));
  if ('exitCode' in detached) {
    stderr.write(printable(detached.words, 'lines'));
    return context.end(detached.exitCode);
  }
  const { run, folder } = detached;
  stdout.write(json ? `${printableJson({ schemaVersion: 1, run, folder }, 2)}\n` : `${run}\n`);
  stderr.write(`Follow it with: sparkctl runs logs -f ${run}\nWait for it with: sparkctl runs wait ${run}\n`);
}

/** Prints the command that a submission would run. */
async function showPlan(
  request: SubmitRequest,
  values: OutputOptionValues,
  context: CommandContext,
): Promise<void> {
  const { planSubmission, formatPlan, print, surroundings } = await load();
  const { plan, command, target } = await planSubmission(request, surroundings(context, silence));
  context.host.stderr.write(printable(formatPlan(plan, target), 'lines'));
  print(context, values, { schemaVersion: 1, command }, () => `${quoteForShell(command)}\n`);
}

/** Passes on spark-submit's own answer to `--version`, `--status` and `--kill`. */
async function inquire(options: readonly GivenSparkOption[], context: CommandContext): Promise<void> {
  const { askSparkSubmit } = await import('../../operations/ask-spark-submit.ts');
  const { surroundings } = await import('./surroundings.ts');
  const { stdout, stderr } = context.host;
  const exitCode = await askSparkSubmit(options, {
    workingFolder: context.host.workingFolder,
    ...surroundings(context, silence),
    onStdout: (chunk) => {
      stdout.write(chunk);
      return stdout.ready();
    },
    onStderr: (chunk) => {
      stderr.write(withoutJavaNoise(chunk));
      return stderr.ready();
    },
  });
  context.end(exitCode);
}

function withoutJavaNoise(chunk: Uint8Array): Uint8Array {
  const at = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).indexOf(javaNoise);
  if (at < 0) return chunk;
  return Buffer.concat([chunk.subarray(0, at), chunk.subarray(at + javaNoise.length)]);
}
