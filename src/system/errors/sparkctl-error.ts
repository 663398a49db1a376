/**
 * The reason of a bad end, and the exit code that says so. The name is what `run.json` records as
 * `cause`; the number is the process's exit code (sysexits.h where it has one).
 * A script that failed is not listed: its own exit code is passed on verbatim.
 */
export const exitCodeOf = {
  /** Unknown command or option, or a bad value. */
  usage: 64,
  /** A check did not hold, or `--strict` met a quarantined row, a warning or a skipped check. */
  checks: 65,
  /** An input that was named is not there or cannot be read. */
  input: 66,
  /** No daemon, no master, or workers that never registered. */
  cluster: 69,
  /** No Java, no Python, or a managed runtime that could not be made. */
  runtime: 69,
  /** A defect in sparkctl itself. */
  defect: 70,
  /** An output cannot be created. */
  output: 73,
  /** An I/O error such as a full disk. */
  io: 74,
  /** Database locked, or another run holds the target: try again later. */
  temporary: 75,
  /** Permission denied. */
  permission: 77,
  /** A mistake in a manifest or in another configuration file. */
  configuration: 78,
  /** `--timeout` was reached and the application was stopped. */
  timeout: 124,
  /** Ctrl-C. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;

export type FailureCategory = keyof typeof exitCodeOf;

interface SparkctlErrorFacts {
  /** Stable, kebab-case name of this failure, for programs. */
  code: string;
  category: FailureCategory;
  /** The event, the thing it happened to, and the value. */
  message: string;
  /** The next thing to type or to change. */
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
    message: `${message}\nCleaning up afterwards failed, too: ${words}`,
    ...(hint !== undefined && { hint }),
    details,
    cause,
  });
}

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
