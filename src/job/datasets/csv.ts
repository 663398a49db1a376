import type { GeneratedRow } from './dataset.ts';
import type { RejectionReason } from './quarantine-reason.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A line of CSV with these values, each in quotation marks where it needs them, or all of them. */
export function csvLine(values: readonly string[], quoteAll = false): string {
  return values.map((value) => (quoteAll || /[",\r\n]/.test(value) ? quoted(value) : value)).join(',');
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/** A record that is well written, and rejected for what it says. */
export function rejectedRecord(reason: RejectionReason, values: readonly string[]): GeneratedRow {
  return { fate: 'quarantined', reason, raw: csvLine(values) };
}

/** Texts found in columns of numbers in real files, none of them a number that a model could use. */
const notNumbers = [
  'unknown',
  'n/a',
  '-',
  'NaN',
  'nan',
  'Infinity',
  '-inf',
  '1e400',
  '0x1F',
  '1,5',
  '12 years',
  '１２',
];

/** Text in place of a number. */
export function notANumber(random: SeededRandom): string {
  return random.pick(notNumbers);
}

/** An empty field, or one that looks empty. */
export function nothing(random: SeededRandom): string {
  return random.pick(['', ' ', '   ', '\t']);
}

/** A line that is no record of CSV. `bytes` is there where the line is not valid UTF-8; `raw` then has U+FFFD in its place. */
interface BrokenCsvLine {
  readonly raw: string;
  readonly bytes?: Uint8Array;
}

/** Some of these are accepted by lenient parsers: a field too few or too many, quotation marks in the middle. */
const breakings: readonly ((values: readonly string[], random: SeededRandom) => BrokenCsvLine)[] = [
  (values) => ({ raw: csvLine(values.slice(0, -1)) }),
  (values, random) => ({ raw: csvLine(values.slice(0, 1 + random.below(values.length - 1))) }),
  (values) => ({ raw: `${csvLine(values)},` }),
  (values) => ({ raw: `${csvLine(values)},0,0` }),
  (values) => ({ raw: values.join(';') }),
  (values) => ({ raw: values.join('\t') }),
  (values) => ({ raw: `"${csvLine(values)}` }),
  (values) => ({ raw: `${csvLine(values.slice(0, -1))},"${values.at(-1) ?? ''}` }),
  (values) => ({ raw: `"${values[0] ?? ''}"x,${csvLine(values.slice(1))}` }),
  (values) => ({ raw: `${values[0] ?? ''}"",${csvLine(values.slice(1))}` }),
  () => ({ raw: '# exported by the old system' }),
  (values) => inLatin1(values),
];

/** Breaks the record of these values, or its encoding. */
export function breakCsvLine(values: readonly string[], random: SeededRandom): BrokenCsvLine {
  return random.pick(breakings)(values, random);
}

/** A letter of Latin-1, which is no UTF-8 before an ASCII letter, so that every decoder replaces it by one U+FFFD. */
function inLatin1(values: readonly string[]): BrokenCsvLine {
  const before = `${csvLine(values.slice(0, -1))},caf`;
  const after = ' a';
  return {
    raw: `${before}\uFFFD${after}`,
    bytes: Buffer.concat([Buffer.from(before), Uint8Array.from([0xe9]), Buffer.from(after)]),
  };
}
