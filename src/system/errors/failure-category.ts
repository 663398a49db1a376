/**
 * Why something ended badly, and the exit code that says so. The name is what `run.json` records as
 * `cause`; the number is the process's exit code (sysexits.h where it has one).
 * A script that failed is not listed: its own exit code is passed on verbatim.
 */
export const exitCodeOf = {
  /** Unknown command or option, or a bad value. */
  usage: 64,
  /** A check did not hold, or `--strict` met a quarantined row. */
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
