import { describe, expect, it } from 'vitest';
import type { CompatibilityCase, Outcome } from './compatibility-case.ts';
import { outcomeOf } from './parts.ts';

const a = { name: 'a.py', uses: 'something' };
const b = { name: 'b.py', uses: 'a table', folders: ['spark-warehouse'] };
const c = { name: 'c.py', uses: 'an exit code' };
const submission: CompatibilityCase = { words: ['scripts/in_turn.py'], parts: [a, b, c] };

const whole = (stdout: string, files: Outcome['files'] = {}): Outcome => ({ exitCode: 42, stdout, files });
const outcomes = (left: Outcome) => submission.parts.map((part) => () => outcomeOf(part, submission, left));

describe('parts of a submission', () => {
  it('have their own section of stdout each, and the last one the exit code', () => {
    const found = outcomes(whole('early\n=== a.py\none\n=== b.py\n=== z\n\n=== c.py\ntwo'));
    expect(found.map((outcome) => outcome())).toEqual([
      { exitCode: 0, stdout: 'early\n=== a.py\none\n', files: {} },
      { exitCode: 0, stdout: '=== b.py\n=== z\n\n', files: {} },
      { exitCode: 42, stdout: '=== c.py\ntwo', files: {} },
    ]);
  });

  it('have the files in their own folders each, and all have what is in nobody’s', () => {
    const files = { 'out/a/x': '1', 'out/ab/x': '2', 'out/b/x': '3', 'spark-warehouse/t': '4' };
    const found = outcomes(whole('=== a.py\n=== b.py\n=== c.py\n', files));
    expect(found.map((outcome) => Object.values(outcome().files).join(' '))).toEqual(['1 2', '2 3 4', '2']);
  });

  it('have no outcome after the one in which the submission ended, which has the exit code', () => {
    const [first, second, third] = outcomes(whole('=== a.py\none\n=== b.py\nTraceback\n'));
    expect(first?.().exitCode).toBe(0);
    expect(second?.()).toEqual({ exitCode: 42, stdout: '=== b.py\nTraceback\n', files: {} });
    expect(third).toThrow(/^c\.py did not begin: exit code 42 in b\.py:\n.*Traceback/s);
  });

  it('are not looked for where nothing was printed', () => {
    const [first] = outcomes(whole(''));
    expect(first).toThrow('a.py did not begin: exit code 42 in any part');
  });
});

it('the only part of a submission is all of it', () => {
  const left = whole('=== b.py\n', { 'out/b/x': '1' });
  expect(outcomeOf(a, { ...submission, parts: [a] }, left)).toBe(left);
});
