import { sqliteTypeOf, type TableSpec } from '../table-spec.ts';
import type { TableInfo } from './table-info.ts';

/** How a table differs from what is specified, one plain clause each; none when it is exactly so. */
export function tableDifferences(table: TableSpec, found: TableInfo): readonly string[] {
  if (found.kind !== 'table')
    return [`it is a ${found.kind === 'view' ? 'view' : `${found.kind} table`}, not a table`];
  const differences = [...columnDifferences(table, found)];
  const wantedKey = table.primaryKey.join(', ');
  const foundKey = found.primaryKey.join(', ');
  if (wantedKey !== foundKey) {
    differences.push(
      `its primary key is ${foundKey === '' ? 'missing' : `(${foundKey})`}, not (${wantedKey})`,
    );
  }
  if (!found.strict) differences.push('it is not a STRICT table, so that values of any type can be in it');
  return differences;
}

function columnDifferences(table: TableSpec, found: TableInfo): string[] {
  const differences: string[] = [];
  for (const { name, type, nullable } of table.columns) {
    const column = found.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      differences.push(`the column ${name} is missing`);
      continue;
    }
    if (column.type !== sqliteTypeOf[type]) {
      differences.push(`the column ${name} is ${column.type || 'untyped'}, not ${sqliteTypeOf[type]}`);
    }
    if (column.notNull === nullable) {
      differences.push(`the column ${name} ${nullable ? 'is NOT NULL, but may be empty' : 'lacks NOT NULL'}`);
    }
  }
  const wanted = table.columns.map(({ name }) => name);
  const present = found.columns.map(({ name }) => name);
  for (const name of present) if (!wanted.includes(name)) differences.push(`it has another column, ${name}`);
  if (differences.length === 0 && wanted.join('\n') !== present.join('\n')) {
    differences.push(`its columns are in the order ${present.join(', ')}, not ${wanted.join(', ')}`);
  }
  return differences;
}
