import type { Examination } from '../../operations/doctor.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import type { paint } from './paint.ts';

/** A line for each thing that is needed, and below what is missing the step that mends it. */
export function formatExamination(examination: Examination, color: ReturnType<typeof paint>): string {
  const { canRun, findings } = printableRecord(examination);
  const marks = { good: color('green', '✓'), warning: color('yellow', '!'), bad: color('red', '✗') };
  const widest = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ name, state, found, remedy }) => {
    const margin = ' '.repeat(widest + 4);
    const what = `${marks[state]} ${name.padEnd(widest)}  ${found.replaceAll('\n', `\n${margin}`)}\n`;
    return remedy === undefined
      ? what
      : `${what}${margin}${color('gray', remedy.replaceAll('\n', `\n${margin}`))}\n`;
  });
  const verdict = canRun ? 'Jobs can run here: sparkctl submit jobs/etl.py' : 'Jobs cannot run here yet.';
  return `${lines.join('')}\n${verdict}\n`;
}
