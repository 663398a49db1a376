import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerIsExpected } from '../cluster/docker/docker-tests.ts';
import { type CompatibilityCase, type Part, type Place, placeOf, type Way } from './compatibility-case.ts';
import { compatibilityCases } from './compatibility-cases.ts';
import type { CompatibilityResult } from './compatibility-result.ts';
import { outcomeOf } from './parts.ts';
import { openThreeWays, ownOptions, type Submitted, type ThreeWays } from './three-ways.ts';

/** A submission in one of sparkctl's ways, made once for all of its parts. */
interface Step {
  readonly way: Way;
  readonly submission: CompatibilityCase;
  readonly submit: () => Promise<Submitted>;
}

// A driver that waits is made like the submission before. So what has no options of its own starts cold first, with no driver
// in its way; the last of it leaves one, and each that then starts warm another one. The others leave their own.
const plain = compatibilityCases.filter((submission) => ownOptions(submission).length === 0);
const special = compatibilityCases.filter((submission) => ownOptions(submission).length > 0);

let ways: ThreeWays;

/** Outcomes under spark-submit itself, each asked for once. */
const references = new Map(
  compatibilityCases.map((submission) => [submission, once(() => ways.reference(submission))]),
);

/** All that is submitted in one place, in order. */
function stepsIn(place: Place): readonly Step[] {
  const step = (way: Way, submission: CompatibilityCase, leavesDriver = false): Step => ({
    way,
    submission,
    submit: once(() => ways.submit(way, submission, { leavesDriver })),
  });
  const warm = `warm ${place}` as const;
  return [
    ...plain.map((submission) => step(place, submission, submission === plain.at(-1))),
    // A standby driver takes Python scripts.
    ...plain
      .filter(({ words }) => !words.some((word) => word.endsWith('.jar')))
      .map((submission) => step(warm, submission)),
    ...special.flatMap((submission) => [step(place, submission, true), step(warm, submission)]),
  ];
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let asked: Promise<Result> | undefined;
  return () => {
    asked ??= work();
    return asked;
  };
}

async function reference(submission: CompatibilityCase): Promise<Submitted> {
  const asked = references.get(submission);
  if (asked === undefined) throw new Error('it is no submission of the suite');
  return await asked();
}

/** Returns what spark-submit made of a part, which was what the part is there for. */
function stockOutcome(part: Part, submission: CompatibilityCase, stock: Submitted) {
  const outcome = outcomeOf(part, submission, stock.outcome);
  const { parts, exitCode = 0 } = submission;
  expect(outcome, stock.stderr).toMatchObject({ exitCode: part === parts.at(-1) ? exitCode : 0 });
  return outcome;
}

/** Compares a part of a submission in one of sparkctl's ways, and writes down what came of it for the table. */
async function compare(
  { way, submission, submit }: Step,
  part: Part,
  note: (result: CompatibilityResult) => void,
): Promise<void> {
  const [stock, own] = await Promise.all([reference(submission), submit()]);
  const reached = stockOutcome(part, submission, stock);
  const difference = part.differs?.[placeOf(way)];
  const expected = difference?.instead(reached) ?? reached;
  let exitCode: number | undefined;
  let isAsExpected = false;
  try {
    const outcome = outcomeOf(part, submission, own.outcome);
    exitCode = outcome.exitCode;
    expect(outcome, own.stderr).toEqual(expected);
    if (exitCode !== 0) expect(own.stderr).toMatch(new RegExp(` ended with exit code ${exitCode}(\\.\n|: )`));
    // A reason for a difference that is not there would be believed for ever.
    if (difference !== undefined) expect(outcome).not.toEqual(reached);
    isAsExpected = true;
  } finally {
    note({
      part: part.name,
      uses: part.uses,
      way,
      reference: { exitCode: reached.exitCode, seconds: secondsOf(part, submission, stock) },
      own: { exitCode, seconds: secondsOf(part, submission, own) },
      lines: reached.stdout.split('\n').length - 1,
      files: Object.keys(reached.files).length,
      isAsExpected,
      ...(difference === undefined ? {} : { why: difference.why }),
    });
  }
}

function secondsOf(part: Part, { parts }: CompatibilityCase, { seconds, begun }: Submitted): number {
  const index = parts.indexOf(part);
  const next = parts[index + 1];
  const until = (next && begun.get(next.name)) ?? seconds;
  return index === 0 ? until : until - (begun.get(part.name) ?? until);
}

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

// Both places at once, since each often waits for itself, and in each one submission after the other.
for (const place of ['local', 'docker'] as const) {
  const test = place === 'local' || dockerIsExpected ? it.sequential : it.skip;
  describe.concurrent(place, () => {
    // They are made on the local cluster, where they would take away a driver that waits.
    if (place === 'local')
      for (const submission of compatibilityCases) {
        const names = submission.parts.map(({ name }) => name).join(', ');
        test(`${names}: spark-submit comes to the end`, async () => {
          const stock = await reference(submission);
          for (const part of submission.parts) stockOutcome(part, submission, stock);
        });
      }
    for (const step of stepsIn(place))
      for (const part of step.submission.parts)
        test(`${part.name}: ${part.uses}: ${titles[step.way]}`, ({ task }) =>
          compare(step, part, (result) => {
            task.meta.compatibility = result;
          }));
  });
}
