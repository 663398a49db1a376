import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClusterConnection } from '../../cluster/driver.ts';
import { runProperty } from '../../runs/collect-event-logs.ts';
import { artifactsFolder } from '../../runs/run-store.ts';
import type { SparkSubmission } from '../../submit/spark-submit-arguments.ts';
import { lastValue } from '../../submit/spark-submit-option.ts';
import type { Job } from './resolve-job.ts';
import type { SubmitRequest } from './submit-request.ts';

/** The master that a person named instead of a cluster of sparkctl: backend `external`. */
export function externalMaster(request: Pick<SubmitRequest, 'sparkOptions'>): string | undefined {
  return lastValue(request.sparkOptions, '--master') ?? lastValue(request.sparkOptions, '--remote');
}

interface SubmissionFacts {
  readonly request: SubmitRequest;
  readonly job: Job;
  readonly runId: string;
  readonly project: string;
  /** Undefined for an external master, which is among the options. */
  readonly connection?: ClusterConnection | undefined;
  /** The folder of the run, absolute. */
  readonly runFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Puts together what spark-submit is called with. */
export function planSubmission(facts: SubmissionFacts): SparkSubmission {
  const { request, job, runId, runFolder, connection } = facts;
  return {
    ...(connection && { master: connection.master }),
    properties: [
      connection?.properties ?? externalProperties(facts),
      // The event log must be readable without Spark.
      { 'spark.eventLog.compress': 'false', [runProperty]: runId },
      job.manifest?.conf ?? {},
    ],
    propertiesFiles: propertiesFiles(facts),
    options: request.sparkOptions.filter(
      ({ name }) => name !== '--properties-file' && name !== '--load-spark-defaults',
    ),
    application: job.application,
    applicationArguments: [
      ...(job.manifest?.arguments ?? []).map((argument) =>
        argument.replaceAll('${run}', runId).replaceAll('${artifacts}', join(runFolder, artifactsFolder)),
      ),
      ...request.applicationArguments,
    ],
  };
}

/** As spark-submit has it: the named file instead of the defaults, or after them with --load-spark-defaults. */
function propertiesFiles({ request, project, environment }: SubmissionFacts): readonly string[] {
  const defaults = join(environment['SPARK_CONF_DIR'] || project, 'spark-defaults.conf');
  const named = lastValue(request.sparkOptions, '--properties-file');
  const both = request.sparkOptions.some(({ name }) => name === '--load-spark-defaults');
  return [
    ...((named === undefined || both) && existsSync(defaults) ? [defaults] : []),
    ...(named === undefined ? [] : [resolve(request.workingFolder, named)]),
  ];
}

/** In client mode the driver is here and can leave its event log in the run folder, unless the person wants it elsewhere. */
function externalProperties({ request, runFolder }: SubmissionFacts): Readonly<Record<string, string>> {
  const clientMode = (lastValue(request.sparkOptions, '--deploy-mode') ?? 'client') === 'client';
  const ownWish = request.sparkOptions.some(({ value }) => value?.startsWith('spark.eventLog.'));
  const connect = lastValue(request.sparkOptions, '--remote') !== undefined;
  if (!clientMode || ownWish || connect) return {};
  return { 'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': `file:${join(runFolder, 'eventlog')}` };
}
