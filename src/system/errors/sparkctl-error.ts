import type { FailureCategory } from './failure-category.ts';
import { exitCodeOf } from './failure-category.ts';

interface SparkctlErrorFacts {
  /** Stable, kebab-case name of this failure, for programs. */
  code: string;
  category: FailureCategory;
  /** What happened, to what, with the value. */
  message: string;
  /** What to type or change next. */
  hint?: string;
  /** The facts as fields, for `--json`. */
  details?: Readonly<Record<string, unknown>>;
  /** The error underneath. */
  cause?: unknown;
}

/** Every failure that sparkctl foresees. Anything else that is thrown is a defect (exit code 70). */
export class SparkctlError extends Error {
  readonly code: string;
  readonly category: FailureCategory;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(facts: SparkctlErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.name = 'SparkctlError';
    this.code = facts.code;
    this.category = facts.category;
    this.hint = facts.hint;
    this.details = facts.details ?? {};
  }

  get exitCode(): number {
    return exitCodeOf[this.category];
  }
}

/**
 * The failure that counts, of what a block with `using` throws: where the clean-up at its end fails too, the language
 * wraps both into one error, and the first is why it came to that. The second is told beside it.
 */
export function firstFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('suppressed' in error) || !('error' in error)) return error;
  const [first, later] = [firstFailure(error.suppressed), firstFailure(error.error)];
  if (!(first instanceof SparkctlError)) return first;
  const words = later instanceof Error ? later.message : String(later);
  const { code, category, message, hint, details, cause } = first;
  return new SparkctlError({
    code,
    category,
    message: `${message}\nWhat was to be cleared up after that failed, too: ${words}`,
    ...(hint !== undefined && { hint }),
    details,
    cause,
  });
}
