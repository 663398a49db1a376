import { assertSucceeded, type RunResult } from '../operations/run-result.ts';
import { type Row, type RowComparison, rowDifferences } from './row-differences.ts';

interface Verdict {
  readonly pass: boolean;
  message(): string;
}

/** Matchers for runs and for the rows of tables, in the form that `expect.extend` takes. */
export const sparkMatchers = {
  /** The run has succeeded; otherwise its reason, its checks and where to look are said. */
  toHaveSucceeded(run: RunResult): Verdict {
    return {
      pass: run.state === 'succeeded',
      message: () => {
        if (run.state === 'succeeded') return `Run ${run.id} has succeeded, and should not have.`;
        return reasonOf(run);
      },
    };
  },

  /** The run has not succeeded, for that cause (see `RunRecord`) where one is given, and with that in its message. */
  toHaveFailed(
    run: RunResult,
    { cause, message }: { cause?: RunResult['cause']; message?: string | RegExp } = {},
  ): Verdict {
    const failed = run.state !== 'succeeded';
    const found = failed ? run.message : '';
    const fits =
      (cause === undefined || run.cause === cause) &&
      (message === undefined ||
        (typeof message === 'string' ? found.includes(message) : message.test(found)));
    return {
      pass: failed && fits,
      message: () => {
        if (!failed) return `Run ${run.id} has succeeded, and should have failed.`;
        if (fits) return `Run ${run.id} has failed in the way that it should not.`;
        const wanted = [cause, message === undefined ? undefined : String(message)]
          .filter(Boolean)
          .join(', ');
        return `Run ${run.id} has failed in another way than expected (${wanted}).\n${reasonOf(run)}`;
      },
    };
  },

  /** The rows are the expected ones, in any order unless `ordered`; otherwise the differences alone are shown. */
  toEqualRows(found: readonly Row[], expected: readonly Row[], comparison?: RowComparison): Verdict {
    const differences = rowDifferences(found, expected, comparison);
    const counts = `${found.length} rows found, ${expected.length} expected`;
    return {
      pass: differences.length === 0,
      message: () =>
        differences.length === 0
          ? 'The rows are equal, and should not be.'
          : [`The rows differ (${counts}):`, ...differences.map((line) => `  ${line}`)].join('\n'),
    };
  },
};

function reasonOf(run: RunResult): string {
  try {
    assertSucceeded(run);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
