import { nearestWord } from '../../system/errors/nearest-word.ts';
import type { TableSpec } from '../targets/table-spec.ts';

/** A sentence for each of these columns that the table does not have. */
export function unknownColumns(
  check: string,
  columns: readonly string[],
  table: TableSpec,
): readonly string[] {
  const known = table.columns.map(({ name }) => name);
  return columns
    .filter((column) => !known.includes(column))
    .map((column) => {
      const nearest = nearestWord(column, known);
      const suggestion =
        nearest === undefined ? `Its columns are: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
      return `The check ${check} names the column ${JSON.stringify(column)}, which the table ${table.name} does not have. ${suggestion}`;
    });
}
