import type { ColumnFault } from '../target.ts';
import { quoteIdentifier } from './table.ts';

/** A condition for `t`, the table, that is true of the rows whose value has a fault, and the values for its places. */
export function faultSql(
  column: string,
  fault: ColumnFault,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const value = `t.${quoteIdentifier(column)}`;
  switch (fault.kind) {
    case 'empty':
      return { sql: `${value} IS NULL`, values: [] };
    case 'not-among':
      return {
        sql: `${value} NOT IN (${fault.values.map(() => '?').join(', ')})`,
        values: fault.values.map(stored),
      };
    case 'outside': {
      const { least, greatest } = fault;
      const below = least === undefined ? [] : [{ sql: `${value} < ?`, value: least }];
      const above = greatest === undefined ? [] : [{ sql: `${value} > ?`, value: greatest }];
      const limits = [...below, ...above];
      return {
        sql: `(${limits.map(({ sql }) => sql).join(' OR ') || 'false'})`,
        values: limits.map((limit) => limit.value),
      };
    }
    case 'unrelated': {
      const other = `${quoteIdentifier(fault.table)} AS o WHERE o.${quoteIdentifier(fault.column)} = ${value}`;
      return { sql: `${value} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${other})`, values: [] };
    }
  }
}

/** A value as SQLite has it, which knows no true. */
function stored(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
