import { isDeepStrictEqual } from 'node:util';
import { asNumber } from '../operations/read-table.ts';

/** A row by its columns, as `readTable` gives it. */
export type Row = Readonly<Record<string, unknown>>;

export interface RowComparison {
  /** The rows must come in this order, too. Default: false, since a table has none. */
  readonly ordered?: boolean | undefined;
  /** Columns that are not compared. */
  readonly ignoreColumns?: readonly string[] | undefined;
  /** Compare only the columns that the expected rows name. */
  readonly onlyExpectedColumns?: boolean | undefined;
  /** Columns that name a row: one that is there with other values is then shown by these values alone. */
  readonly key?: readonly string[] | undefined;
}

/** More would hide what they have in common. */
const mostShown = 10;

/** The differences between two sets of rows, a line each; none where they are equal. */
export function rowDifferences(
  found: readonly Row[],
  expected: readonly Row[],
  comparison: RowComparison = {},
): readonly string[] {
  const [here, there] = [found, expected].map((rows) => columnsOf(rows, comparison));
  const wanted = there ?? [];
  const only = comparison.onlyExpectedColumns && expected.length > 0;
  const columns = only ? wanted : (here ?? []);
  const differing =
    only || found.length === 0 || expected.length === 0 ? [] : columnDifferences(columns, wanted);
  if (differing.length > 0) return differing;
  const cut = (rows: readonly Row[], names: readonly string[]) =>
    rows.map((row) => Object.fromEntries(names.map((name) => [name, normal(row[name])])));
  const names = found.length === 0 ? wanted : columns;
  const [left, right] = [cut(found, names), cut(expected, names)];
  if (comparison.ordered) return shown(inOrder(left, right));
  const { missing, extra } = withoutCommon(left, right);
  return shown(comparison.key === undefined ? both(missing, extra) : byKey(missing, extra, comparison.key));
}

function columnsOf(rows: readonly Row[], { ignoreColumns = [] }: RowComparison): readonly string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].filter((name) => !ignoreColumns.includes(name));
}

function columnDifferences(found: readonly string[], expected: readonly string[]): readonly string[] {
  const without = (names: readonly string[], others: readonly string[]) =>
    names.filter((name) => !others.includes(name)).join(', ');
  const [missing, extra] = [without(expected, found), without(found, expected)];
  return [
    ...(missing === '' ? [] : [`missing columns: ${missing}`]),
    ...(extra === '' ? [] : [`unexpected columns: ${extra}`]),
  ];
}

/** A value in the form in which equal ones are the same: 1n is 1, and a buffer is its bytes. */
function normal(value: unknown): unknown {
  if (typeof value === 'bigint') return asNumber(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Object.is(value, -0)) return 0;
  return value === undefined ? null : value;
}

function inOrder(found: readonly Row[], expected: readonly Row[]): readonly string[] {
  const count = Math.max(found.length, expected.length);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const [row, wanted] = [found[index], expected[index]];
    if (row !== undefined && wanted !== undefined && isDeepStrictEqual(row, wanted)) return [];
    if (row === undefined) return [`row ${index + 1} is missing: ${text(wanted)}`];
    if (wanted === undefined) return [`row ${index + 1} is unexpected: ${text(row)}`];
    return [`row ${index + 1}: ${changes(row, wanted)}`];
  });
}

/** Takes away the rows that both have, each as often as both have it. */
function withoutCommon(
  found: readonly Row[],
  expected: readonly Row[],
): { readonly missing: readonly Row[]; readonly extra: readonly Row[] } {
  const counts = new Map<string, number>();
  for (const row of found) counts.set(text(row), (counts.get(text(row)) ?? 0) + 1);
  const missing = expected.filter((row) => !take(counts, text(row)));
  const extra = found.filter((row) => take(counts, text(row)));
  return { missing, extra };
}

/** Takes one of a kind, if there is one left. */
function take(counts: Map<string, number>, kind: string): boolean {
  const left = counts.get(kind) ?? 0;
  if (left > 0) counts.set(kind, left - 1);
  return left > 0;
}

function both(missing: readonly Row[], extra: readonly Row[]): readonly string[] {
  return [
    ...missing.map((row) => `missing: ${text(row)}`),
    ...extra.map((row) => `unexpected: ${text(row)}`),
  ];
}

/** Brings together the two rows of one key, where each side has one. */
function byKey(missing: readonly Row[], extra: readonly Row[], key: readonly string[]): readonly string[] {
  const keyOf = (row: Row) => text(Object.fromEntries(key.map((name) => [name, row[name]])));
  const single = (rows: readonly Row[], one: string) => rows.filter((row) => keyOf(row) === one).length === 1;
  const pairs = missing.flatMap((wanted) => {
    const one = keyOf(wanted);
    const row = extra.find((each) => keyOf(each) === one);
    return row !== undefined && single(missing, one) && single(extra, one) ? [{ one, row, wanted }] : [];
  });
  return [
    ...pairs.map(({ one, row, wanted }) => `${one}: ${changes(row, wanted)}`),
    ...both(
      missing.filter((row) => !pairs.some(({ wanted }) => wanted === row)),
      extra.filter((each) => !pairs.some(({ row }) => each === row)),
    ),
  ];
}

function changes(found: Row, expected: Row): string {
  return Object.keys(expected)
    .filter((name) => !isDeepStrictEqual(found[name], expected[name]))
    .map((name) => `${name} is ${value(found[name])}, expected ${value(expected[name])}`)
    .join('; ');
}

/** A row in one line, by which it is also told apart from others. */
function text(row: Row | undefined): string {
  const fields = Object.entries(row ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([name, each]) => `${name}=${value(each)}`).join(' ');
}

function value(each: unknown): string {
  if (each instanceof Uint8Array) return `x'${Buffer.from(each).toString('hex')}'`;
  if (typeof each === 'bigint') return `${each}n`;
  return each instanceof Date ? each.toISOString() : (JSON.stringify(each) ?? String(each));
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.length <= mostShown
    ? lines
    : [...lines.slice(0, mostShown), `and ${lines.length - mostShown} more`];
}
