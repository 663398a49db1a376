import { expect, test } from 'vitest';
import { outcomeOf } from '../../../src/run/look-after-run.ts';
import { firstFailure, SparkctlError } from '../../../src/system/errors/sparkctl-error.ts';

const failed = (message: string) =>
  new SparkctlError({ code: 'x', category: 'cluster', message, hint: 'Try again.' });

async function thrownBy(error: unknown, later: unknown): Promise<unknown> {
  try {
    await using _cluster = { [Symbol.asyncDispose]: () => Promise.reject(later) };
    throw error;
  } catch (thrown) {
    return thrown;
  }
}

test('a run that fails, and whose cluster cannot be taken down either, has failed as it did', async () => {
  const thrown = await thrownBy(failed('No worker registered.'), failed('The daemon went away.'));
  expect(thrown).not.toBeInstanceOf(SparkctlError);
  expect(outcomeOf(thrown)).toEqual({
    state: 'failed',
    cause: 'cluster',
    exitCode: 69,
    message: 'No worker registered.\nCleaning up afterwards failed, too: The daemon went away.',
    hint: 'Try again.',
  });
});

test('a defect stays one, and a failure alone is itself', async () => {
  const defect = new TypeError('x is undefined');
  expect(firstFailure(await thrownBy(defect, failed('down')))).toBe(defect);
  const alone = failed('alone');
  expect(firstFailure(alone)).toBe(alone);
});
