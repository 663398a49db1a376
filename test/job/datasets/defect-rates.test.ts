import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { SparkctlError } from '../../../src/system/errors/sparkctl-error.ts';
import { temporaryFolder } from './temporary-folder.ts';

const allDefects =
  'The defects of users are: emailInvalidCharacters, emailSpaces, emailCapitals, emailMissing, emailBroken, brokenJson, wrongType, duplicateId. Each takes a rate from 0 (never) to 1 (every row).';

async function refusal(asked: {
  dataset?: string;
  rows?: number;
  seed?: number;
  defects?: Record<string, number>;
}) {
  const path = join(temporaryFolder(), 'users.jsonl');
  const failure = await generateDataset({ dataset: 'users', seed: 1, rows: 10, path, ...asked }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(existsSync(path)).toBe(false);
  expect(failure).toBeInstanceOf(SparkctlError);
  const { message, hint, category } = failure as SparkctlError;
  return { message, hint, cause: category };
}

test('an unknown dataset names the nearest', async () => {
  expect(await refusal({ dataset: 'user' })).toEqual({
    message: 'There is no dataset "user".',
    hint: 'Did you mean users? The datasets are: users, customers, players.',
    cause: 'configuration',
  });
});

test('every mistake in the defects is told at once', async () => {
  expect(
    await refusal({ defects: { emailBrokn: 0.1, zzz: 0, emailSpaces: 1.5, wrongType: Number.NaN } }),
  ).toEqual({
    message: [
      'The dataset users has no defect "emailBrokn". Did you mean emailBroken?',
      'The dataset users has no defect "zzz".',
      'The rate of the defect emailSpaces is 1.5; it must be from 0 to 1.',
      'The rate of the defect wrongType is NaN; it must be from 0 to 1.',
    ].join('\n'),
    hint: allDefects,
    cause: 'configuration',
  });
});

test('defects that destroy a row cannot strike more than every row', async () => {
  expect(await refusal({ defects: { emailMissing: 0.5, brokenJson: 0.4, duplicateId: 0.2 } })).toEqual({
    message:
      'The rates of the defects that destroy a row (emailMissing, emailBroken, brokenJson, wrongType, duplicateId) add up to 1.1; a row has at most one of them, so at most 1 is possible.',
    hint: allDefects,
    cause: 'configuration',
  });
});

test.each([
  [{ rows: -1 }, 'The number of rows is -1; it must be a whole number from 0 to 9007199254740991.'],
  [{ rows: 1.5 }, 'The number of rows is 1.5; it must be a whole number from 0 to 9007199254740991.'],
  [{ seed: 2 ** 53 }, 'The seed is 9007199254740992; it must be a whole number from 0 to 9007199254740991.'],
])('a number that cannot be: %o', async (asked, message) => {
  expect(await refusal(asked)).toEqual({ message, hint: undefined, cause: 'configuration' });
});

test('rates that add up to 1 but for rounding are accepted, and mendable ones do not count', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  const defects = {
    emailMissing: 0.7,
    emailBroken: 0.1,
    brokenJson: 0.1,
    wrongType: 0.1,
    emailSpaces: 1,
    emailCapitals: 1,
  };
  const { ledger } = await generateDataset({ dataset: 'users', seed: 1, rows: 300, defects, path });
  expect(ledger.loaded).toBe(0);
});
