import { counted, formatNumber } from '../../system/format-number.ts';
import type { ColumnSpec, TableSpec } from '../targets/table-spec.ts';
import type { ColumnFault, Mistake } from '../targets/target.ts';
import { allColumns, type CheckContext, named, sampleLimit, type Verdict } from './check.ts';
import { showBreaking } from './show-value.ts';

/** Judges a column by the rows whose value has a fault. `breaks` is what such a value does: `is not one of them`. */
export function judgeColumn(
  column: string,
  fault: ColumnFault,
  { expected, breaks }: { readonly expected: string; readonly breaks: string },
  context: CheckContext,
): Verdict {
  const { reader, table } = context;
  const shown = { keyColumns: table.primaryKey, sampleLimit };
  const { rows, samples } = reader.faulty(table.name, column, fault, shown);
  const of = reader.count(table.name);
  const all = counted(of, 'row');
  if (rows === 0) return { status: 'held', expected, found: `none of ${all} breaks it` };
  return {
    status: 'failed',
    expected,
    found: `in ${formatNumber(rows)} of ${all} ${column} ${breaks}`,
    detail: showBreaking(samples, column, table.primaryKey),
    faulty: {
      rows,
      of,
      each: () => {
        const columns = allColumns(context);
        const shownRows = { keyColumns: table.primaryKey, columns };
        return named(columns, reader.faultyRows(table.name, column, fault, shownRows));
      },
    },
  };
}

/** The mistake of comparing a column with a value of another type. */
export function unlikeColumn(
  value: string | number | boolean,
  column: string,
  at: readonly PropertyKey[],
  table: TableSpec,
): readonly Mistake[] {
  const type = table.columns.find(({ name }) => name === column)?.type;
  if (type === undefined || typeof value === jsonTypes[type]) return [];
  return [{ at, message: `${JSON.stringify(value)} is no value of the ${type} column "${column}"` }];
}

const jsonTypes: Readonly<Record<ColumnSpec['type'], string>> = {
  integer: 'number',
  real: 'number',
  decimal: 'number',
  boolean: 'boolean',
  text: 'string',
  timestamp: 'string',
};
