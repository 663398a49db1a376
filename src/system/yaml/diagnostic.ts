/** One mistake in a file, with its place. Line and column count from 1. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters to underline. */
  readonly length: number;
  readonly message: string;
  /** The line itself. */
  readonly source: string;
}

/** `jobs/etl.yaml:7:3: message`, then the line with the place underlined. */
export function formatDiagnostic({ file, line, column, length, message, source }: Diagnostic): string {
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const underline = '^'.repeat(Math.max(1, Math.min(length, source.length - column + 1)));
  return `${file}:${line}:${column}: ${message}\n  ${number} | ${source}\n  ${gutter} | ${' '.repeat(column - 1)}${underline}`;
}
