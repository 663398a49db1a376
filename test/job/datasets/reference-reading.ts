import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One line of a users file, judged by the written rules alone: none of the generator's code is used here. */
export interface JudgedLine {
  readonly line: number;
  readonly raw: string;
  readonly reason: string | undefined;
  /** id, name, age, email, salary, city, created_at after cleaning; only where there is no reason. */
  readonly row: readonly (string | number | bigint)[];
}

const email = /^[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/;

export function readReference(path: string): readonly JudgedLine[] {
  const loaded = new Set<bigint>();
  const bytes = readFileSync(path);
  const judged: JudgedLine[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    judged.push(judge(bytes.subarray(start, end), line, loaded));
    start = end + 1;
  }
  return judged;
}

function judge(bytes: Uint8Array, line: number, loaded: Set<bigint>): JudgedLine {
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const rejected = (reason: string): JudgedLine => ({ line, raw, reason, row: [] });
  let record: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      return rejected('malformed-json');
    record = parsed as Record<string, unknown>;
  } catch {
    return rejected('malformed-json');
  }
  const { id, name, age, salary, city, created_at } = record;
  // JSON.parse rounds large integers: their digits are taken from the text.
  const digits = /^\{"id":(-?\d+)[,}]/.exec(raw)?.[1];
  const isText = (value: unknown) => value === undefined || value === null || typeof value === 'string';
  if (digits === undefined || BigInt(digits) > 2n ** 63n - 1n || typeof id !== 'number')
    return rejected('wrong-type');
  if (!Number.isSafeInteger(age) || typeof salary !== 'number' || !Number.isFinite(salary))
    return rejected('wrong-type');
  if (![name, record.email, city, created_at].every(isText)) return rejected('wrong-type');
  for (const text of [name, record.email, city, created_at]) {
    if (typeof text !== 'string' || text.trim() === '') return rejected('missing-value');
  }
  const cleaned = (record.email as string).replace(/[^A-Za-z0-9._%+@-]/g, '').toLowerCase();
  if (!email.test(cleaned)) return rejected('invalid-email');
  if ((age as number) < 0 || (age as number) > 150 || !instant.test(created_at as string))
    return rejected('invalid-value');
  if (loaded.has(BigInt(digits))) return rejected('duplicate-key');
  loaded.add(BigInt(digits));
  return {
    line,
    raw,
    reason: undefined,
    row: [
      BigInt(digits),
      name as string,
      age as number,
      cleaned,
      salary,
      city as string,
      created_at as string,
    ],
  };
}

/** The checksum as it is written down, done the slow way with exact integers. */
export function referenceChecksum(rows: readonly (readonly (string | number | bigint | null)[])[]): string {
  let first = 0n;
  let second = 0n;
  for (const row of rows) {
    const text = row.map((value) => (value === null ? '\u0000' : String(value))).join('\u001f');
    const digest = createHash('sha256').update(text, 'utf8').digest('hex');
    first = (first + BigInt(`0x${digest.slice(0, 12)}`)) % 2n ** 48n;
    second = (second + BigInt(`0x${digest.slice(12, 24)}`)) % 2n ** 48n;
  }
  return first.toString(16).padStart(12, '0') + second.toString(16).padStart(12, '0');
}
