import type { QuarantineReason } from '../../../src/job/datasets/quarantine-reason.ts';
import type { FaultNumber } from '../fault-titles.ts';

/** A line, and what must become of it; neither for a blank one. */
export interface ExpectedLine {
  readonly text: string | Uint8Array;
  readonly reason?: QuarantineReason;
  /** id, name, city, salary as they must be in the table. */
  readonly loaded?: readonly [bigint, string, string, number];
}

export interface BadFile {
  readonly fault: FaultNumber;
  readonly name: string;
  readonly lines: readonly ExpectedLine[];
  readonly bytes: Uint8Array;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** A line of JSON from fields that are JSON already; undefined leaves one out. */
function user(id: string, fields: Fields = {}): string {
  const all: Fields = {
    id,
    name: '"Ada"',
    age: '36',
    email: '"ada@example.com"',
    salary: '1.5',
    city: '"London"',
    created_at: '"2026-01-01T00:00:00Z"',
    ...fields,
  };
  const parts = Object.entries(all).filter(([, json]) => json !== undefined);
  return `{${parts.map(([key, json]) => `"${key}":${json}`).join(',')}}`;
}

function good(
  id: number | bigint,
  fields: Fields = {},
  is: { name?: string; city?: string; salary?: number } = {},
) {
  const { name = 'Ada', city = 'London', salary = 1.5 } = is;
  return { text: user(String(id), fields), loaded: [BigInt(id), name, city, salary] } as const;
}

const bad = (reason: QuarantineReason, text: string | Uint8Array): ExpectedLine => ({ text, reason });
const json = (text: string) => JSON.stringify(text);

function file(
  fault: FaultNumber,
  name: string,
  lines: readonly ExpectedLine[],
  lineEnd = '\n',
  start = '',
): BadFile {
  const parts = lines.flatMap(({ text }) => [Buffer.from(text), Buffer.from(lineEnd)]);
  return { fault, name, lines, bytes: Buffer.concat([Buffer.from(start), ...parts]) };
}

const texts: readonly string[] = [
  '👩‍👩‍👧‍👦 emoji 🇵🇱',
  'مرحبا שלום \u202eright to left\u202c',
  'NFC \u00e9 NFD e\u0301',
  '王小明 ｶﾀｶﾅ 漢字',
  'tab\tnewline\nquote"backslash\\ \u2028',
  '<script>alert(1)</script>',
];
const million = 2 ** 20;

export const badFiles: readonly BadFile[] = [
  file(7, '07-broken.jsonl', [
    good(700),
    bad('malformed-json', user('701').slice(0, 40)),
    bad('malformed-json', 'id;name;age'),
    bad('malformed-json', '[1, 2]'),
    { text: '' },
    { text: '  \t ' },
    bad('malformed-json', user('702') + user('703')),
    bad(
      'malformed-json',
      Buffer.concat([Buffer.from('{"id":704,"name":"'), Uint8Array.of(0xff), Buffer.from(' "}')]),
    ),
    good(705),
  ]),
  file(
    7,
    '07-crlf.jsonl',
    [good(710), bad('malformed-json', '{'), { text: '' }, good(711)],
    '\r\n',
    '\ufeff',
  ),
  file(8, '08-first.jsonl', [good(800), good(801)]),
  file(8, '08-second.jsonl', [
    good(802, { phone: '"new"', tags: '["a",{"b":1}]' }),
    bad('missing-value', user('803', { city: undefined })),
    bad('missing-value', user('804', { age: undefined })),
    bad('missing-key', user('805').replace('"id":805,', '')),
    bad('wrong-type', user('806', { age: '"36"' })),
    bad('wrong-type', user('807', { name: '{"first":"Ada"}' })),
    bad('wrong-type', user('"808"')),
  ]),
  file(9, '09-text.jsonl', [
    ...texts.map((text, index) =>
      good(900 + index, { name: json(text), city: json(text) }, { name: text, city: text }),
    ),
    bad('invalid-value', user('910', { name: '"a\\u0000b"' })),
    bad('wrong-type', user('911', { city: '"\\ud800"' })),
    bad('invalid-email', user('912', { email: '"ada@exämple.c"' })),
  ]),
  file(10, '10-keys-a.jsonl', [
    good(1000),
    bad('duplicate-key', user('1000', { name: '"Later"' })),
    bad('missing-key', user('null')),
    bad('missing-value', user('1001', { email: 'null' })),
    bad('missing-value', user('1002', { email: '" "' })),
    bad('invalid-email', user('1003', { email: '"ada@localhost"' })),
    bad('missing-value', user('1004', { name: '"\\u00a0"' })),
    good(1005, { email: '" A!da@Example.COM "' }),
  ]),
  file(10, '10-keys-b.jsonl', [bad('duplicate-key', user('1005', { name: '"Elsewhere"' })), good(1006)]),
  file(11, '11-long.jsonl', [
    good(1100, { name: json('x'.repeat(million)) }, { name: 'x'.repeat(million) }),
    bad('malformed-json', `{"id":1101,${'y'.repeat(million)}`),
    bad('wrong-type', user('1102', { age: json('z'.repeat(million)) })),
    good(1103, { more: json('m'.repeat(million)) }),
  ]),
  file(12, '12-numbers.jsonl', [
    good(2n ** 53n + 1n),
    good(2n ** 63n - 1n),
    good(-(2n ** 63n)),
    bad('wrong-type', user(String(2n ** 63n))),
    bad('wrong-type', user('1200', { salary: '1e400' })),
    bad('wrong-type', user('1201', { salary: 'NaN' })),
    bad('wrong-type', user('1202', { salary: '-Infinity' })),
    bad('wrong-type', user('1203', { age: '36.0' })),
    bad('wrong-type', user('1204', { age: '9'.repeat(5000) })),
    good(1205, { salary: '0.1' }, { salary: 0.1 }),
    good(1206, { salary: '1.7976931348623157e308' }, { salary: Number.MAX_VALUE }),
    good(1207, { salary: '5e-324' }, { salary: 5e-324 }),
    good(1208, { salary: '9007199254740993' }, { salary: 9007199254740992 }),
  ]),
];
