import { Command, Option } from 'commander';
import type { SubmitRequest } from '../../run/submit-request.ts';
import { type GivenSparkOption, sparkSubmitInquiries, sparkSubmitOptions } from '../../spark/spark-submit.ts';
import type { CommandContext } from '../command-context.ts';
import { duration, wholeNumber } from '../parse-values.ts';
import { type ProgressKind, progressOption } from '../render/progress-kind.ts';
import {
  type ClusterOptionValues,
  wishOf,
  withClusterName,
  withClusterSize,
  withSettings,
} from './cluster-options.ts';

interface SubmitOptionValues extends ClusterOptionValues {
  readonly keep?: true;
  readonly wait?: true;
  readonly timeout?: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly strict?: true;
  readonly skipChecks?: true;
  readonly manifest: boolean;
  readonly dryRun?: true;
  readonly json?: true;
  readonly progress: ProgressKind;
}

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
  withClusterSize(withClusterName(command))
    .option('--keep', 'leave the cluster that was started for the run')
    .option('--wait', 'wait for a run that holds the input or the target, instead of ending with 75')
    .addOption(
      new Option('--timeout <duration>', 'stop the run after so long, such as 10m').argParser(duration),
    )
    .addOption(
      new Option('--rows <n>', "rows of the dataset, instead of the manifest's").argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--seed <n>', "seed of the dataset, instead of the manifest's").argParser(wholeNumber(0)),
    )
    .option('--strict', 'fail (65) when any row was quarantined or any check skipped')
    .option('--skip-checks', 'do not check the result')
    .option('--no-manifest', 'submit the script alone, whatever lies beside it')
    .option('--dry-run', 'print the command and run nothing')
    .option('--json', "print the run record on stdout; the script's output is in the run folder")
    .addOption(progressOption());
  addSparkOptions(command, given);
  return command.action(
    async (application: string | undefined, args: string[], options: SubmitOptionValues) => {
      const run = await import('../run-submit.ts');
      const inquiry = given.find(({ name }) =>
        sparkSubmitInquiries.some(({ flags }) => flags.startsWith(name)),
      );
      if (inquiry !== undefined) return context.end(await run.runInquiry(given, context));
      if (application === undefined) return command.error('error: no script was named');
      const request: SubmitRequest = {
        application,
        applicationArguments: args,
        sparkOptions: given,
        workingFolder: context.host.workingFolder,
        useManifest: options.manifest,
        cluster: wishOf(options),
        keep: options.keep === true,
        wait: options.wait === true,
        timeoutMs: options.timeout,
        rows: options.rows,
        seed: options.seed,
        strict: options.strict === true,
        skipChecks: options.skipChecks === true,
      };
      const how = { json: options.json === true, progress: options.progress };
      const settings = withSettings(options, context);
      context.end(
        options.dryRun ? await run.runDry(request, settings) : await run.runSubmit(request, how, settings),
      );
    },
  );
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
