import stringWidth from 'string-width';
import { printable } from '../../system/errors/printable.ts';

/** Columns aligned by their widest cell, as wide as a terminal shows it; ends with a line end. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header.map((cell) => cell.toUpperCase()), ...rows].map((row) =>
    row.map((cell) => printable(cell)),
  );
  const widths = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, stringWidth(row[column] ?? '')), 0),
  );
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
