/** The lines of a log that are looked at for its end. */
export const mostLogLines = 200;

/** Lines that stand below an exception, and fill what room there is. */
const frame = /^\s+(?:at |\.\.\. \d+ (?:more|common frames omitted))/;

/** Shows the end of a node's log, indented. What was thrown is told, the frames of its stack trace are not. */
export function logEnd(lines: readonly string[]): string {
  const told = lines.filter((line) => line.trim() !== '' && !frame.test(line)).slice(-8);
  return told.length === 0 ? '  (nothing)' : told.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}
