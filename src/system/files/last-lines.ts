import { readFile } from 'node:fs/promises';

/** The last lines of a log, indented, for an error message. */
export async function lastLines(path: string, lines: number): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const last = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines);
  return last.length === 0 ? '  (nothing)' : last.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}
