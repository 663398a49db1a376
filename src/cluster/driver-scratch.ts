import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for temporary files of a driver on this machine. Spark removes its own only when it ends in peace, so it
 * gets one that can be removed whatever happens.
 */
export function driverScratch(runId: string): string {
  return join(tmpdir(), `sparkctl-driver-${runId}`);
}
