import { asProperty } from '../../spark/effective-value.ts';
import { type SparkSubmission, sparkSubmitArguments } from '../../spark/spark-submit.ts';
import type { ColdReason } from '../../system/event.ts';
import type { WarmLaunch } from '../driver.ts';

/** Tells whether a driver learns a property when the script comes, and need not be started with it. */
function isLate(key: string): boolean {
  return key === 'spark.app.name' || key === 'spark.sparkctl.run' || key.startsWith('spark.sql.');
}

/**
 * Divides a submission into what a standby driver must have been started with and what it learns when it is taken; or says
 * why no standby can take it.
 */
export function warmLaunch(
  submission: SparkSubmission,
  secretProperties: Readonly<Record<string, string>>,
): WarmLaunch | ColdReason {
  const { application, applicationArguments, options, properties } = submission;
  if (!application.startsWith('/') || !application.endsWith('.py')) return { why: 'not-python' };
  // Whoever asks for what happens at the start wants to see a start.
  if (options.some(({ name }) => name === '--verbose')) return { why: 'verbose' };
  // A standby waits for longer than a run lasts, and its properties with it.
  if (Object.keys(secretProperties).length > 0) return { why: 'secrets' };
  const late: Record<string, string> = {};
  const isEarly = ([key, value]: readonly [string, string]) => {
    if (isLate(key)) late[key] = value;
    return !isLate(key);
  };
  const early = {
    ...submission,
    properties: properties.map((each) => Object.fromEntries(Object.entries(each).filter(isEarly))),
    // Options of their own are stronger than --conf, and come last.
    options: [
      ...options.filter(({ name }) => name === '--conf'),
      ...options.filter(({ name }) => name !== '--conf'),
    ].filter((option) => {
      const property = asProperty(option);
      return property === undefined || isEarly([property.key, property.value]);
    }),
  };
  const words = sparkSubmitArguments({ ...early, application, applicationArguments: [] });
  return {
    options: words.slice(0, -1),
    properties: late,
    script: application,
    arguments: applicationArguments,
  };
}
