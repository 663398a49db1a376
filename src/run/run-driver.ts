import { join } from 'node:path';
import type { ClusterConnection, DriverExit, DriverLaunch } from '../cluster/driver.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import type { Job } from '../job/resolve-job.ts';
import { effectiveValue, type GivenProperties } from '../spark/effective-value.ts';
import type { Redactor } from '../spark/redact.ts';
import { splitSecrets } from '../spark/secrets.ts';
import { sparkSubmitArguments } from '../spark/spark-submit.ts';
import type { PhaseEnd } from '../system/phase.ts';
import { collectEventLogs } from './collect-event-logs.ts';
import { DriverWatch } from './end-of-driver.ts';
import { findMemoryShortage, type MemoryShortage } from './memory-shortage.ts';
import { planSubmission } from './plan-submission.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunOutcome } from './run-outcome.ts';
import { RunOutput } from './run-output.ts';
import { artifactsFolder, holdRun } from './run-store.ts';
import { findScriptError, type ScriptError, scriptErrorLine } from './script-error.ts';
import type { SubmitRequest } from './submit-request.ts';
import type { SubmitTarget } from './submit-target.ts';

interface DriverRun {
  readonly job: Job;
  readonly request: SubmitRequest;
  readonly given: GivenProperties;
  readonly redactor: Redactor;
  readonly journal: RunJournal;
  readonly folder: string;
  /** What the job reads and writes in the project. */
  readonly jobFiles: DriverLaunch['files'];
  readonly connection: ClusterConnection | undefined;
  readonly target: SubmitTarget;
  readonly context: OperationContext;
}

/** Runs spark-submit to its end, or until the signal aborts: then nothing of it is left when this throws. */
export async function runDriver(run: DriverRun): Promise<RunOutcome> {
  const { job, request, journal, redactor, folder, jobFiles, connection, target, context } = run;
  const runId = journal.record.id;
  const ownEventLogs = join(folder, 'eventlog');
  const submission = planSubmission({
    ...run,
    runId,
    runFolder: folder,
  });
  // A pattern of the person's own stays.
  const tellsSpark = redactor.knowsAny && effectiveValue('spark.redaction.regex', run.given) === undefined;
  const { submission: open, secretProperties } = splitSecrets(submission, tellsSpark);
  const files = submission.propertiesFiles.flatMap((path) => ['--properties-file', path]);
  const blanking = redactor.with(connection?.secrets ?? []);
  const command = ['spark-submit', ...blanking.arguments([...files, ...sparkSubmitArguments(submission)])];
  await journal.update({ state: 'running', command });
  using output = new RunOutput(folder);
  return await journal.phase('submit', async (): Promise<PhaseEnd<RunOutcome>> => {
    context.signal.throwIfAborted();
    const watch = new DriverWatch({ signal: context.signal, failed: output.failed });
    const [toStdout, toStderr] = [watch.handOn(request.onStdout), watch.handOn(request.onStderr)];
    const driver = await target.startDriver({
      runId,
      runFolder: folder,
      artifactsFolder: join(folder, artifactsFolder),
      files: jobFiles,
      sparkSubmitArguments: sparkSubmitArguments(open),
      secretProperties,
      propertiesFiles: submission.propertiesFiles,
      workingFolder: request.workingFolder,
      onStdout: (chunk) => {
        output.stdout(chunk);
        return toStdout(chunk);
      },
      onStderr: (chunk) => {
        output.stderr(chunk);
        return toStderr(chunk);
      },
    });
    let exit: DriverExit;
    try {
      exit = await watch.untilEnded(driver, () => journal.update({ driver: { id: driver.id } }));
    } finally {
      await rememberApplications(journal, connection);
    }
    await journal.update({
      driver: { id: driver.id, exitCode: exit.exitCode },
      ...(exit.applicationIds && { applicationIds: [...exit.applicationIds] }),
    });
    if (exit.outputIsHeld) context.emit({ kind: 'output-held' });
    const application = journal.record.applicationIds.at(-1);
    const shortage = exit.exitCode === 0 ? undefined : await findMemoryShortage(ownEventLogs);
    // What the client of a cluster prints, where the driver ran in there, are not the words of the script.
    const said = exit.explanation === undefined ? errorIn(output, run, blanking) : undefined;
    return {
      value: outcomeOfExit(exit, job, shortage, said),
      result: { phase: 'submit', exitCode: exit.exitCode, ...(application && { application }) },
      outcome: exit.exitCode === 0 ? 'done' : 'failed',
    };
  });
}

async function rememberApplications(
  journal: RunJournal,
  connection: ClusterConnection | undefined,
): Promise<void> {
  const { project, id, links } = journal.record;
  await using own = await holdRun(project, id, 'eventlog');
  const applicationIds = await collectEventLogs(connection?.eventLogFolder ?? own.path, id, own.path);
  const last = applicationIds.at(-1);
  const history = connection?.historyUrl;
  await journal.update({
    applicationIds: [...applicationIds],
    ...(last && history && { links: { ...links, history: `${history}/history/${last}/jobs/` } }),
  });
}

/** What the script said of its failure. A Python script's stderr comes on stdout. */
function errorIn(
  output: RunOutput,
  { job, context }: DriverRun,
  redactor: Redactor,
): ScriptError | undefined {
  const script = { path: job.application, project: context.project };
  for (const stream of ['stdout', 'stderr'] as const) {
    const found = findScriptError(redactor.text(output.lastPrinted(stream)), script);
    if (found !== undefined) return found;
  }
  return undefined;
}

function outcomeOfExit(
  { exitCode, signal, outOfMemory, explanation }: DriverExit,
  job: Job,
  shortage: MemoryShortage | undefined,
  said: ScriptError | undefined,
): RunOutcome {
  if (exitCode === 0) return { state: 'succeeded', exitCode: 0 };
  // Who was killed had no time to say why.
  const error = signal === undefined ? said : undefined;
  const ending =
    signal === undefined
      ? `ended with exit code ${exitCode}`
      : `was ended by ${signal} (exit code ${exitCode})`;
  const [reason, hint] = outOfMemory
    ? [': it ran out of memory', 'Give the driver more with --driver-memory.']
    : shortage === undefined
      ? explanation === undefined
        ? ['', whereToLook]
        : [`: ${explanation}`, whereYarnHasIt]
      : ofShortage[shortage];
  return {
    state: 'failed',
    cause: 'application',
    exitCode,
    message:
      error === undefined
        ? `The script ${job.application} ${ending}${reason}.`
        : `The script ${job.application} ${ending}${reason === '' ? ': ' : `${reason}. It said: `}${scriptErrorLine(error)}`,
    hint,
    ...(error && { scriptError: error }),
  };
}

const whereToLook =
  'What it printed is in stdout.log and stderr.log of the run folder, what Spark logged in spark.log.';

const whereYarnHasIt =
  'What it printed is in the logs of YARN: yarn logs -applicationId with the id that sparkctl runs show names.';

const ofShortage: Readonly<Record<MemoryShortage, readonly [string, string]>> = {
  heap: [
    ': an executor ran out of memory (its Java heap was full)',
    'Give executors more with --executor-memory, and workers at least as much with --worker-memory, or make the partitions smaller.',
  ],
  limit: [
    ': a process of an executor was killed, most likely because its container or the machine ran out of memory',
    'Make the workers larger with --worker-memory, or let Python tasks take less (spark.executor.pyspark.memory, smaller partitions).',
  ],
};
