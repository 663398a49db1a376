import type { GivenSparkOption } from './spark-submit-option.ts';

export interface SparkSubmission {
  /** The cluster's master; undefined where the person named one, or a Connect server. */
  readonly master?: string;
  /** Weakest first: what the cluster needs, then what the manifest says. What the person gave comes after both. */
  readonly properties: readonly Readonly<Record<string, string>>[];
  /** Files of properties, weakest first: they are handed to the driver apart from the arguments. */
  readonly propertiesFiles: readonly string[];
  readonly options: readonly GivenSparkOption[];
  readonly application: string;
  readonly applicationArguments: readonly string[];
}

/** Everything after the word spark-submit. Of a property that is set twice, spark-submit takes the last. */
export function sparkSubmitArguments(submission: SparkSubmission): readonly string[] {
  const { master, properties, options, application, applicationArguments } = submission;
  const merged: Readonly<Record<string, string>> = Object.assign({}, ...properties);
  return [
    ...(master === undefined ? [] : ['--master', master]),
    ...Object.entries(merged).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
    ...options.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value])),
    application,
    ...applicationArguments,
  ];
}
