import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerIsExpected } from '../cluster/docker/docker-tests.ts';
import { type CompatibilityCase, placeOf, type Way } from './compatibility-case.ts';
import { compatibilityCases } from './compatibility-cases.ts';
import type { CompatibilityResult } from './compatibility-result.ts';
import { openThreeWays, type Submitted, type ThreeWays } from './three-ways.ts';

let ways: ThreeWays;
const references = new Map<CompatibilityCase, Promise<Submitted>>();

/** What spark-submit itself makes of it; asked once. */
function reference(submission: CompatibilityCase): Promise<Submitted> {
  const asked = references.get(submission) ?? ways.reference(submission);
  references.set(submission, asked);
  return asked;
}

/** Submits in one of sparkctl's ways, writes down what came of it for the table, and compares. */
async function compare(
  way: Way,
  submission: CompatibilityCase,
  note: (result: CompatibilityResult) => void,
): Promise<void> {
  const stock = await reference(submission);
  const own = await ways.submit(way, submission);
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

// A driver that waits is made like the submission before, and so mostly by the one before: those that are warm go together.
const rounds: readonly (readonly Way[])[] = [
  ['local', 'docker'],
  ['warm local', 'warm docker'],
];

for (const round of rounds) {
  for (const submission of compatibilityCases) {
    // A standby driver takes Python scripts.
    const possible = round.filter((way) => way === placeOf(way) || !submission.name.endsWith('.jar'));
    if (possible.length === 0) continue;
    describe(`${submission.name}: ${submission.uses}`, () => {
      for (const way of possible) {
        it.runIf(placeOf(way) === 'local' || dockerIsExpected)(titles[way], ({ task }) =>
          compare(way, submission, (result) => {
            task.meta.compatibility = result;
          }),
        );
      }
    });
  }
}
