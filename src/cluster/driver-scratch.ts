import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'sparkctl-driver-';

/**
 * The folder for temporary files of a driver on this machine. Spark removes its own only when it ends in peace, so it
 * gets one that can be removed whatever happens.
 */
export function driverScratch(runId: string): string {
  return join(tmpdir(), `${prefix}${runId}`);
}

/** The runs of which such a folder is there. */
export async function runsWithScratch(): Promise<ReadonlySet<string>> {
  const names = await readdir(tmpdir()).catch(() => []);
  return new Set(names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)));
}
