import { join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import {
  type ClusterConnection,
  type DriverExit,
  type DriverLaunch,
  type RunningDriver,
  sparkLogPath,
} from '../../cluster/driver.ts';
import { warmLaunch } from '../../cluster/standby/warm-launch.ts';
import type { Job } from '../../job/resolve-job.ts';
import type { Redactor } from '../../spark/redact.ts';
import { splitSecrets } from '../../spark/secrets.ts';
import { type SparkSubmission, sparkSubmitArguments } from '../../spark/spark-submit.ts';
import { describeColdReason } from '../../system/describe-phase.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import type { DriverStart, ResourceShortage } from '../../system/event.ts';
import type { PhaseEnd } from '../../system/phase.ts';
import { followApplication } from '../application/follow-application.ts';
import { collectEventLogs, findMemoryShortage } from '../events/event-log.ts';
import { type Diagnosis, diagnose } from '../failure/diagnose.ts';
import { diagnoseShortage, shortageOf } from '../failure/resource-shortage.ts';
import { findScriptError, type ScriptError, scriptErrorLine } from '../failure/script-error.ts';
import { type RunPlan, submissionTo } from '../plan/plan-run.ts';
import { lacksSecrets, planForKeeping } from '../plan/stored-plan.ts';
import type { RunJournal } from '../record/run-journal.ts';
import type { RunOutcome, RunRecord } from '../record/run-record.ts';
import { artifactsFolder, eventLogFolder, holdRun } from '../record/run-store.ts';
import type { Run } from '../run.ts';
import { DriverWatch } from './driver-watch.ts';
import { RunOutput } from './run-output.ts';

/** The files of a driver that runs already. */
const noFiles: DriverLaunch['files'] = { reads: [], writes: [] };

interface DriverRun {
  readonly plan: RunPlan;
  readonly cluster: Cluster;
  readonly connection: ClusterConnection;
  /** The files that the job reads and writes in the project; undefined where the driver was started before, and is taken up. */
  readonly files?: DriverLaunch['files'];
}

/** Runs spark-submit to its end, or until the signal aborts: then nothing of it is left when this throws. A driver that is taken up and gone makes the run a lost one. */
export async function runDriver(
  { plan, cluster, connection, files }: DriverRun,
  run: Run,
): Promise<RunOutcome> {
  const { id, folder, journal, redactor, context } = run;
  const ownEventLogs = join(folder, eventLogFolder);
  const submission = submissionTo(connection, plan.submission);
  const { submission: open, secretProperties } = splitSecrets(submission, plan.redactsSpark);
  const blanking = redactor.with(connection.secrets);
  await journal.update({ state: 'running', command: [...commandForPeople(submission, blanking)] });
  const isTakenUp = files === undefined;
  const detached = isDetachable(plan, redactor);
  using output = new RunOutput(folder, isTakenUp);
  return await journal.phase('submit', async (): Promise<PhaseEnd<RunOutcome>> => {
    // One that runs already has to be found, to be ended.
    if (!isTakenUp) context.signal.throwIfAborted();
    const watch = new DriverWatch({ signal: context.signal, failed: output.failed });
    const [toStdout, toStderr] = [watch.handOn(run.onStdout), watch.handOn(run.onStderr)];
    const launch: DriverLaunch = {
      runId: id,
      runFolder: folder,
      artifactsFolder: join(folder, artifactsFolder),
      files: files ?? noFiles,
      sparkSubmitArguments: sparkSubmitArguments(open),
      secretProperties,
      propertiesFiles: submission.propertiesFiles,
      warm: plan.standby === false ? { why: 'not-wanted' } : warmLaunch(open, secretProperties),
      workingFolder: plan.workingFolder,
      detached,
      ...(plan.place.kind === 'external' && plan.place.yarnTag && { yarnTag: plan.place.yarnTag }),
      onStdout: (chunk) => {
        output.stdout(chunk);
        return toStdout(chunk);
      },
      onStderr: (chunk) => {
        output.stderr(chunk);
        return toStderr(chunk);
      },
    };
    const found = isTakenUp
      ? await takeUp(launch, cluster, journal.record)
      : await cluster.startDriver(launch);
    if (found === undefined) return { value: lostWithDriver, outcome: 'failed' };
    const { driver, start } = found;
    const recorded = { ...journal.record.driver, id: driver.id, detached, ...recordedStart(start) };
    let exit: DriverExit;
    let shortage: ResourceShortage | undefined;
    try {
      await using application = followApplication(sparkLogPath(folder), {
        onProgress: (state) => context.emit({ kind: 'application-progress', ...state }),
        async onWait(applicationId) {
          shortage = shortageOf(await cluster.status(), applicationId);
          if (shortage !== undefined) context.emit({ kind: 'application-waits', ...shortage });
        },
      });
      try {
        exit = await watch.untilEnded(driver, () => journal.update({ driver: recorded }));
      } catch (error) {
        if (application.hasNothing && shortage !== undefined)
          await journal.update({ diagnosis: printableRecord(diagnoseShortage(shortage)) });
        throw error;
      }
    } finally {
      await rememberApplications(journal, connection);
    }
    if (plan.standby !== false) cluster.prepareStandby(launch);
    await journal.update({
      driver: { ...recorded, exitCode: exit.exitCode },
      ...(exit.applicationIds && { applicationIds: [...exit.applicationIds] }),
    });
    if (exit.outputIsHeld) context.emit({ kind: 'output-held' });
    const application = journal.record.applicationIds.at(-1);
    const failure =
      exit.exitCode === 0 ? undefined : await findFailure(exit, output, { plan, blanking, ownEventLogs });
    return {
      value: outcomeOfExit(exit, plan.job, id, failure),
      result: {
        phase: 'submit',
        exitCode: exit.exitCode,
        ...(application && { application }),
        driver: start,
      },
      outcome: exit.exitCode === 0 ? 'done' : 'failed',
    };
  });
}

const lostWithDriver: RunOutcome = {
  state: 'lost',
  cause: 'terminated',
  message:
    'The sparkctl that looked after the run exited without reporting, and of its driver nothing is left.',
};

/** Tells whether a run can be taken up where its sparkctl is killed: whoever does so must have all of the plan, and find the cluster. */
function isDetachable(plan: RunPlan, redactor: Redactor): boolean {
  const { place } = plan;
  const isLasting = place.kind !== 'new' || !place.cluster.ephemeral;
  const isHere = place.kind !== 'external' || place.yarnTag === undefined;
  return plan.detached && isLasting && isHere && !lacksSecrets(planForKeeping(plan, redactor));
}

/** Finds the driver that the record names. One whose end is in the record already may be gone. */
async function takeUp(
  launch: DriverLaunch,
  cluster: Cluster,
  { driver: recorded }: Pick<RunRecord, 'driver'>,
): Promise<{ readonly driver: RunningDriver; readonly start: DriverStart } | undefined> {
  const { id = '', exitCode } = recorded ?? {};
  const driver =
    exitCode === undefined
      ? await cluster.takeUpDriver(launch)
      : { id, exited: Promise.resolve({ exitCode }), stop: async () => {} };
  return driver && { driver, start: { start: 'taken-up' } };
}

function recordedStart(start: DriverStart): Pick<NonNullable<RunRecord['driver']>, 'start' | 'reason'> {
  switch (start.start) {
    case 'cold':
      return { start: 'cold', reason: describeColdReason(start.reason) };
    case 'warm':
      return { start: 'warm' };
    // As the record says.
    case 'taken-up':
      return {};
  }
}

/** The call of spark-submit as people may see it: its properties files first, and no secret. */
export function commandForPeople(submission: SparkSubmission, redactor: Redactor): readonly string[] {
  const files = submission.propertiesFiles.flatMap((path) => ['--properties-file', path]);
  return ['spark-submit', ...redactor.arguments([...files, ...sparkSubmitArguments(submission)])];
}

async function rememberApplications(journal: RunJournal, connection: ClusterConnection): Promise<void> {
  const { project, id, links } = journal.record;
  await using own = await holdRun(project, id, eventLogFolder);
  const applicationIds = await collectEventLogs(connection.eventLogFolder ?? own.path, id, own.path);
  const last = applicationIds.at(-1);
  const history = connection.historyUrl;
  await journal.update({
    applicationIds: [...applicationIds],
    ...(last && history && { links: { ...links, history: `${history}/history/${last}/jobs/` } }),
  });
}

interface Failure {
  readonly scriptError: ScriptError | undefined;
  readonly diagnosis: Diagnosis | undefined;
}

/** Finds why a driver failed: in what it printed and in the event logs of its applications. */
async function findFailure(
  exit: DriverExit,
  output: RunOutput,
  { plan, blanking, ownEventLogs }: { plan: RunPlan; blanking: Redactor; ownEventLogs: string },
): Promise<Failure> {
  const shortage = await findMemoryShortage(ownEventLogs);
  const { job, project } = plan;
  // What the client of a cluster prints, where the driver ran in there, are not the words of the script. Who was killed had no time to say why.
  const isSilent = exit.explanation !== undefined || exit.signal !== undefined;
  // A Python script's stderr comes on stdout.
  const streams = isSilent ? [] : (['stdout', 'stderr'] as const);
  const printed = streams.map((stream) => blanking.text(output.lastPrinted(stream)));
  const scriptError = printed
    .map((text) => findScriptError(text, { path: job.application, project }))
    .find((found) => found !== undefined);
  const diagnosis = diagnose({
    printed: printed.join('\n'),
    scriptError,
    shortage,
    outOfMemory: exit.outOfMemory === true,
    project,
  });
  return { scriptError, diagnosis: diagnosis && printableRecord(diagnosis) };
}

function outcomeOfExit(
  { exitCode, signal, explanation }: DriverExit,
  job: Job,
  run: string,
  failure: Failure | undefined,
): RunOutcome {
  if (exitCode === 0) return { state: 'succeeded', exitCode: 0 };
  const { scriptError, diagnosis } = failure ?? {};
  const ending =
    signal === undefined
      ? `ended with exit code ${exitCode}`
      : `was ended by ${signal} (exit code ${exitCode})`;
  const said = scriptError && scriptErrorLine(scriptError);
  const known = diagnosis?.message ?? explanation;
  const why = [known && `${known}.`, said && (known === undefined ? said : `It said: ${said}`)]
    .filter((part) => part !== undefined)
    .join(' ');
  return {
    state: 'failed',
    cause: 'application',
    exitCode,
    message: `The script ${job.application} ${ending}${why === '' ? '.' : `: ${why}`}`,
    hint: diagnosis?.hint ?? (explanation === undefined ? whereToLook(run) : whereYarnHasIt),
    ...(scriptError && { scriptError }),
    ...(diagnosis && { diagnosis }),
  };
}

const whereToLook = (run: string) =>
  `See what it printed with: sparkctl runs logs ${run}; and what Spark logged with: sparkctl runs logs ${run} --spark`;

const whereYarnHasIt =
  'What it printed is in the logs of YARN: yarn logs -applicationId with the id that sparkctl runs show names.';
