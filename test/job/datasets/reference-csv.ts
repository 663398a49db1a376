import { readFileSync } from 'node:fs';
import type { ColumnSpec } from '../../../src/job/targets/table-spec.ts';

/** One line of a CSV file, judged by the written rules alone: none of the generators' code is used here. */
export interface JudgedCsvLine {
  readonly raw: string;
  readonly reason: string | undefined;
  /** The values as numbers and text, null where there is none; empty where the line is no record. */
  readonly row: readonly (string | number | bigint | null)[];
}

interface Rules {
  readonly columns: readonly Pick<ColumnSpec, 'name' | 'type' | 'nullable'>[];
  readonly key: readonly string[];
  readonly isImpossible?: (row: Readonly<Record<string, string | number | bigint | null>>) => boolean;
}

const decimal = /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Reads a file whose first line names exactly these columns. */
export function readReferenceCsv(path: string, rules: Rules): readonly JudgedCsvLine[] {
  const lines = splitBytes(readFileSync(path));
  const header = lines.shift()?.toString('utf8');
  if (header !== rules.columns.map(({ name }) => name).join(',')) throw new Error(`the header is ${header}`);
  const seen = new Set<string>();
  return lines.map((bytes) => judge(bytes, rules, seen));
}

function judge(bytes: Uint8Array, { columns, key, isImpossible }: Rules, seen: Set<string>): JudgedCsvLine {
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const rejected = (reason: string): JudgedCsvLine => ({ raw, reason, row: [] });
  const fields = raw.includes('\uFFFD') ? undefined : fieldsOf(raw);
  if (fields?.length !== columns.length) return rejected('malformed-csv');
  const row: (string | number | bigint | null)[] = [];
  for (const [index, { type }] of columns.entries()) {
    const field = fields[index] ?? '';
    const text = field.trim();
    if (text === '') row.push(null);
    else if (type === 'text') row.push(field);
    else if (!decimal.test(text) || !Number.isFinite(Number(text))) return rejected('wrong-type');
    else if (type === 'real') row.push(Number(text));
    else if (!/^-?\d+$/.test(text) || BigInt(text) > 2n ** 63n - 1n) return rejected('wrong-type');
    else row.push(BigInt(text));
  }
  const named = Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
  if (key.some((name) => named[name] === null)) return rejected('missing-key');
  if (columns.some(({ name, nullable }) => !nullable && named[name] === null))
    return rejected('missing-value');
  if (isImpossible?.(named)) return rejected('invalid-value');
  const keyText = key.map((name) => String(named[name])).join('\u001f');
  if (seen.has(keyText)) return rejected('duplicate-key');
  seen.add(keyText);
  return { raw, reason: undefined, row };
}

/** A record in one line, letter by letter; undefined where a quotation mark is not where it may be. */
function fieldsOf(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    let field = '';
    if (line[at] === '"') {
      for (at++; line[at] !== '"' || line[at + 1] === '"'; at++) {
        if (at >= line.length) return undefined;
        if (line[at] === '"') at++;
        field += line[at];
      }
      at++;
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      for (; at < line.length && line[at] !== ','; at++) {
        if (line[at] === '"') return undefined;
        field += line[at];
      }
    }
    fields.push(field);
    if (at >= line.length) return fields;
  }
}

function splitBytes(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
