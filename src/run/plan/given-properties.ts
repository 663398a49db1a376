import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { OperationContext } from '../../cluster/operation-context.ts';
import type { Job } from '../../job/resolve-job.ts';
import type { GivenProperties } from '../../spark/effective-value.ts';
import { parseProperties, readPropertiesFile } from '../../spark/java-properties.ts';
import { Redactor } from '../../spark/redact.ts';
import { knownSecrets } from '../../spark/secrets.ts';
import { type GivenSparkOption, lastValue } from '../../spark/spark-submit.ts';
import type { SubmitRequest } from './submit-request.ts';

/** The places where a submission says something of Spark's properties. */
interface GivenPlaces {
  readonly options: readonly GivenSparkOption[];
  /** The files of properties, weakest first. */
  readonly files: readonly string[];
}

/** Brings together whatever a submission says of Spark's properties, in arguments, manifest, files and environment. */
export async function givenProperties(
  { manifest }: Job,
  { options, files }: GivenPlaces,
  environment: OperationContext['environment'],
): Promise<GivenProperties> {
  return {
    options,
    manifest: manifest && { file: manifest.file, conf: manifest.conf },
    files: await Promise.all(
      files.map(async (path) => ({ path, properties: parseProperties(await readPropertiesFile(path)) })),
    ),
    environment,
  };
}

/** Makes the redactor that knows every secret of a submission. */
export function redactorOf(
  { application, manifest }: Job,
  applicationArguments: readonly string[],
  given: GivenProperties,
): Redactor {
  const words = [application, ...(manifest?.arguments ?? []), ...applicationArguments];
  return new Redactor(knownSecrets(given, words));
}

/** Finds the files of properties, as spark-submit takes them: the named file instead of the defaults, or after them with --load-spark-defaults. */
export function propertiesFiles(
  { sparkOptions = [], workingFolder }: Pick<SubmitRequest, 'sparkOptions' | 'workingFolder'>,
  { project, environment }: Pick<OperationContext, 'project' | 'environment'>,
): readonly string[] {
  const defaults = join(environment['SPARK_CONF_DIR'] || project, 'spark-defaults.conf');
  const named = lastValue(sparkOptions, '--properties-file');
  const both = sparkOptions.some(({ name }) => name === '--load-spark-defaults');
  return [
    ...((named === undefined || both) && existsSync(defaults) ? [defaults] : []),
    ...(named === undefined ? [] : [resolve(workingFolder ?? project, named)]),
  ];
}
