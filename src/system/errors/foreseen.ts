import { SparkctlError } from './sparkctl-error.ts';

/** The foreseen failure of some work, as a value; undefined when it succeeds. A defect is still thrown. */
export async function foreseen(work: () => Promise<unknown>): Promise<SparkctlError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof SparkctlError) return error;
    throw error;
  }
}
