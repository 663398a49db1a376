/**
 * Returns a function that formats numbers for people. Its formatter is made at its first use: the first one of a process
 * takes as long as all else that most commands do with numbers.
 */
export function numberFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (value) => {
    made ??= new Intl.NumberFormat('en-US', options);
    return made.format(value);
  };
}

const fraction = numberFormat({});

/** Formats a number for people: `1,024`. */
export function formatNumber(value: number): string {
  return Number.isSafeInteger(value) ? grouped(value) : fraction(value);
}

/** Formats an integer as `Intl.NumberFormat` does, without one. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Formats a count of things: `1 worker`, `1,024 rows`. */
export function counted(count: number, one: string): string {
  return `${formatNumber(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** As many digits as a number can have in JavaScript and still be written as it was read. */
const digits = numberFormat({ maximumSignificantDigits: 15 });

/** Formats every digit of a number: two that differ never look the same. */
export function formatExactly(value: number): string {
  const text = digits(value);
  return Number(text.replaceAll(',', '')) === value ? text : String(value);
}

const change = numberFormat({ maximumSignificantDigits: 4, signDisplay: 'exceptZero' });
const changeOfCount = numberFormat({ signDisplay: 'exceptZero' });

/** Formats a change with its sign. That of a count is exact; that of a fraction is no more exact than the subtraction of two of them. */
export function formatChange(value: number): string {
  return (Number.isInteger(value) ? changeOfCount : change)(value);
}
