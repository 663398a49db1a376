import { looksSecret, redactionPattern, sparkRedacts } from './redact.ts';
import type { SparkSubmission } from './spark-submit-arguments.ts';
import type { GivenSparkOption } from './spark-submit-option.ts';

/** A submission whose arguments anybody may read, and the properties that nobody else may. */
export interface SplitSubmission {
  readonly submission: SparkSubmission;
  /** Whoever starts the driver hands them over in a private file: argv can be read by everybody on the machine. */
  readonly secretProperties: Readonly<Record<string, string>>;
}

/**
 * Takes the properties with secret-looking names out of the arguments. Of one that is set twice, the last counts, as
 * ever: all of the same name go the same way.
 */
export function splitSecrets(submission: SparkSubmission): SplitSubmission {
  const secrets: Record<string, string> = {};
  const open = submission.properties.map((properties) => {
    const entries = Object.entries(properties);
    Object.assign(secrets, Object.fromEntries(entries.filter(([key]) => looksSecret(key))));
    return Object.fromEntries(entries.filter(([key]) => !looksSecret(key)));
  });
  const options = submission.options.filter((option) => {
    const property = propertyOf(option);
    if (property === undefined || !looksSecret(property.key)) return true;
    secrets[property.key] = property.value;
    return false;
  });
  // Weaker than a pattern of the person's own, which stays among the arguments.
  if (!Object.keys(secrets).every(sparkRedacts)) secrets['spark.redaction.regex'] = redactionPattern;
  return { submission: { ...submission, properties: open, options }, secretProperties: secrets };
}

function propertyOf({ name, value = '' }: GivenSparkOption): { key: string; value: string } | undefined {
  const at = value.indexOf('=');
  if (name !== '--conf' || at < 0) return undefined;
  return { key: value.slice(0, at), value: value.slice(at + 1) };
}
