import type { FailureCause } from './failure-cause.ts';
import { exitCodeOfCause } from './failure-cause.ts';

interface SparkctlErrorFacts {
  /** Stable, kebab-case name of this failure, for programs. */
  code: string;
  cause: FailureCause;
  /** What happened, to what, with the value. */
  message: string;
  /** What to type or change next. */
  hint?: string;
  /** The facts as fields, for `--json`. */
  details?: Readonly<Record<string, unknown>>;
  /** The error underneath, kept for its own words. */
  origin?: unknown;
}

/** Every failure that sparkctl foresees. Anything else that is thrown is a defect (exit code 70). */
export class SparkctlError extends Error {
  readonly code: string;
  readonly failureCause: FailureCause;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(facts: SparkctlErrorFacts) {
    super(facts.message, { cause: facts.origin });
    this.name = 'SparkctlError';
    this.code = facts.code;
    this.failureCause = facts.cause;
    this.hint = facts.hint;
    this.details = facts.details ?? {};
  }

  get exitCode(): number {
    return exitCodeOfCause[this.failureCause];
  }
}
