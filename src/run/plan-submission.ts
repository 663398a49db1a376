import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClusterConnection } from '../cluster/driver.ts';
import { yarnTag } from '../cluster/external/follow-yarn.ts';
import type { Job } from '../job/resolve-job.ts';
import { deployMode, effectiveValue, type GivenProperties, runsInYarn } from '../spark/effective-value.ts';
import type { SparkSubmission } from '../spark/spark-submit.ts';
import { runProperty } from './collect-event-logs.ts';
import { artifactsFolder } from './run-store.ts';
import type { SubmitRequest } from './submit-request.ts';

interface SubmissionFacts {
  readonly request: SubmitRequest;
  readonly job: Job;
  readonly given: GivenProperties;
  readonly runId: string;
  /** Undefined for an external master, which is among what was given. */
  readonly connection?: ClusterConnection | undefined;
  /** The folder of the run, absolute. */
  readonly runFolder: string;
}

/** Puts together what spark-submit is called with. */
export function planSubmission(facts: SubmissionFacts): SparkSubmission {
  const { request, job, runId, runFolder, connection } = facts;
  return {
    ...(connection?.master !== undefined && { master: connection.master }),
    properties: [
      connection?.properties ?? externalProperties(facts),
      {
        // The event log must be readable without Spark.
        'spark.eventLog.compress': 'false',
        // The driver's page has no login, and gives whoever can read it the token with which to end jobs and stages.
        'spark.ui.killEnabled': 'false',
        [runProperty]: runId,
      },
      job.manifest?.conf ?? {},
    ],
    propertiesFiles: facts.given.files.map(({ path }) => path),
    options: [
      ...request.sparkOptions.filter(
        ({ name }) => name !== '--properties-file' && name !== '--load-spark-defaults',
      ),
      ...tagForYarn(facts),
    ],
    application: whole(job.application),
    applicationArguments: [
      ...(job.manifest?.arguments ?? []).map((argument) =>
        argument
          .replaceAll('${run}', () => runId)
          // A function, since $& and its like in a path would be taken for a part of what was found.
          .replaceAll('${artifacts}', () => join(runFolder, artifactsFolder)),
      ),
      ...request.applicationArguments,
    ],
  };
}

/** Beside the person's own tags the one by which the run finds its application in YARN again. */
function tagForYarn({ given, runId }: SubmissionFacts): SparkSubmission['options'] {
  if (!runsInYarn(given)) return [];
  const own = effectiveValue('spark.yarn.tags', given)?.value;
  return [{ name: '--conf', value: `spark.yarn.tags=${own ? `${own},` : ''}${yarnTag(runId)}` }];
}

/** A script whose path has a # goes as an address: Spark would take what follows the # for a name of its own. */
function whole(application: string): string {
  return application.startsWith('/') && application.includes('#')
    ? pathToFileURL(application).href
    : application;
}

/** In client mode the driver is here and can leave its event log in the run folder, unless the person wants it elsewhere. */
function externalProperties({ given, runFolder }: SubmissionFacts): Readonly<Record<string, string>> {
  const isSaid = (key: string) => effectiveValue(key, given) !== undefined;
  const ownWish = isSaid('spark.eventLog.enabled') || isSaid('spark.eventLog.dir');
  if (deployMode(given).value !== 'client' || ownWish || isSaid('spark.remote')) return {};
  return {
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': pathToFileURL(join(runFolder, 'eventlog')).href,
  };
}
