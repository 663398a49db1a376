import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';

/** Whether the daemon said that what was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The HTTP status of the daemon's refusal. */
export function statusOf(error: unknown): number | undefined {
  const origin = error instanceof SparkctlError ? error.cause : error;
  return origin instanceof Error && 'statusCode' in origin ? Number(origin.statusCode) : undefined;
}
