import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerIsExpected } from '../cluster/docker/docker-tests.ts';
import { type CompatibilityCase, type Place, placeOf, type Way } from './compatibility-case.ts';
import { compatibilityCases } from './compatibility-cases.ts';
import type { CompatibilityResult } from './compatibility-result.ts';
import { openThreeWays, ownOptions, type Submitted, type ThreeWays } from './three-ways.ts';

// A driver that waits is made like the submission before. So what has no options of its own starts cold first, with no driver
// in its way, and warm last, each with a driver that the one before has left; the others leave their own.
const plain = compatibilityCases.filter((submission) => ownOptions(submission).length === 0);
const special = compatibilityCases.filter((submission) => ownOptions(submission).length > 0);

let ways: ThreeWays;
const references = new Map<CompatibilityCase, Promise<Submitted>>();

/** Returns what spark-submit itself makes of it; asked once. */
function reference(submission: CompatibilityCase): Promise<Submitted> {
  const asked = references.get(submission) ?? ways.reference(submission);
  references.set(submission, asked);
  return asked;
}

/** Submits in one of sparkctl's ways, writes down what came of it for the table, and compares. */
async function compare(
  way: Way,
  submission: CompatibilityCase,
  leavesDriver: boolean,
  note: (result: CompatibilityResult) => void,
): Promise<void> {
  // On the local cluster they would take away the driver that this submission leaves.
  if (leavesDriver) for (const each of special) reference(each).catch(() => undefined);
  const [stock, own] = await Promise.all([
    reference(submission),
    ways.submit(way, submission, { leavesDriver }),
  ]);
  const difference = submission.differs?.[placeOf(way)];
  const expected = difference?.instead(stock.outcome) ?? stock.outcome;
  let isAsExpected = false;
  try {
    expect(own.outcome, own.stderr).toEqual(expected);
    const { exitCode } = own.outcome;
    if (exitCode !== 0) expect(own.stderr).toMatch(new RegExp(` ended with exit code ${exitCode}(\\.\n|: )`));
    // A reason for a difference that is not there would be believed for ever.
    if (difference !== undefined) expect(own.outcome).not.toEqual(stock.outcome);
    isAsExpected = true;
  } finally {
    note({
      submission: submission.name,
      uses: submission.uses,
      way,
      reference: shown(stock),
      own: shown(own),
      lines: stock.outcome.stdout.split('\n').length - 1,
      files: Object.keys(stock.outcome.files).length,
      isAsExpected,
      ...(difference === undefined ? {} : { why: difference.why }),
    });
  }
}

const shown = ({ outcome: { exitCode }, seconds }: Submitted) => ({ exitCode, seconds });

beforeAll(async () => {
  ways = await openThreeWays(dockerIsExpected ? ['local', 'docker'] : ['local']);
});

afterAll(async () => {
  await ways?.[Symbol.asyncDispose]();
});

const titles: Readonly<Record<Way, string>> = {
  local: 'ends on a local cluster as under spark-submit',
  'warm local': 'ends so with a local driver that has waited for it',
  docker: 'ends on a Docker cluster as under spark-submit',
  'warm docker': 'ends so with a driver that has waited for it on Docker',
};

/** All that is submitted in one place, in order. */
function submissionsIn(
  place: Place,
): readonly (readonly [Way, CompatibilityCase, { leavesDriver: boolean }])[] {
  const warm = `warm ${place}` as const;
  const none = { leavesDriver: false };
  return [
    ...plain.map((submission) => [place, submission, none] as const),
    ...special.flatMap((submission) => [
      [place, submission, { leavesDriver: true }] as const,
      [warm, submission, none] as const,
    ]),
    // A standby driver takes Python scripts.
    ...plain
      .filter(({ name }) => !name.endsWith('.jar'))
      .map((submission) => [warm, submission, none] as const),
  ];
}

// Both places at once, since each often waits for itself, and in each one submission after the other.
for (const place of ['local', 'docker'] as const) {
  const test = place === 'local' || dockerIsExpected ? it.sequential : it.skip;
  describe.concurrent(place, () => {
    for (const [way, submission, { leavesDriver }] of submissionsIn(place)) {
      const { name, uses } = submission;
      test(`${name}: ${uses}: ${titles[way]}`, ({ task }) =>
        compare(way, submission, leavesDriver, (result) => {
          task.meta.compatibility = result;
        }));
    }
  });
}
