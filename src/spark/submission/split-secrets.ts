import { asProperty } from './effective-value.ts';
import { secretsIn } from './known-secrets.ts';
import { looksSecret, redactionPattern } from './secret-names.ts';
import type { SparkSubmission } from './spark-submit-arguments.ts';
import type { GivenSparkOption } from './spark-submit-option.ts';

/** A submission whose arguments anybody may read, and the properties that nobody else may. */
export interface SplitSubmission {
  readonly submission: SparkSubmission;
  /** Whoever starts the driver hands them over in a private file: argv can be read by everybody on the machine. */
  readonly secretProperties: Readonly<Record<string, string>>;
}

/** Spark does not look for the address of a Connect server in a file. */
const onlyByOption: ReadonlySet<string> = new Set(['spark.remote']);

/**
 * Takes the properties with a secret in their name or their value out of the arguments, in whatever spelling. Of one that
 * is set twice, the strongest counts, as ever: all of the same name go the same way. Where Spark is to be told what is
 * secret, the pattern goes with them.
 */
export function splitSecrets(submission: SparkSubmission, tellsSpark = false): SplitSubmission {
  const isConf = ({ name }: GivenSparkOption) => name === '--conf';
  const { options } = submission;
  // Weakest first: an option of its own is stronger than any --conf.
  const all = [
    ...submission.properties.flatMap((properties) => Object.entries(properties)),
    ...[...options.filter(isConf), ...options.filter((option) => !isConf(option))].flatMap((option) => {
      const property = asProperty(option);
      return property === undefined ? [] : [[property.key, property.value] as const];
    }),
  ];
  const secret = new Set(
    all
      .filter(([key, value]) => looksSecret(key) || secretsIn(value).length > 0)
      .map(([key]) => key)
      .filter((key) => !onlyByOption.has(key)),
  );
  return {
    submission: {
      ...submission,
      properties: submission.properties.map((properties) =>
        Object.fromEntries(Object.entries(properties).filter(([key]) => !secret.has(key))),
      ),
      options: options.filter((option) => !secret.has(asProperty(option)?.key ?? '')),
    },
    secretProperties: {
      ...(tellsSpark && { 'spark.redaction.regex': redactionPattern }),
      ...Object.fromEntries(all.filter(([key]) => secret.has(key))),
    },
  };
}
