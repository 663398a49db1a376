const number = new Intl.NumberFormat('en-US');

/** Formats a number for people: `1,024`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** Formats a count of things: `1 worker`, `1,024 rows`. */
export function counted(count: number, one: string): string {
  return `${number.format(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** As many digits as a number can have in JavaScript and still be written as it was read. */
const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });

/** Formats every digit of a number: two that differ never look the same. */
export function formatExactly(value: number): string {
  const text = digits.format(value);
  return Number(text.replaceAll(',', '')) === value ? text : String(value);
}

const change = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'exceptZero' });
const changeOfCount = new Intl.NumberFormat('en-US', { signDisplay: 'exceptZero' });

/** Formats a change with its sign. That of a count is exact; that of a fraction is no more exact than the subtraction of two of them. */
export function formatChange(value: number): string {
  return (Number.isInteger(value) ? changeOfCount : change).format(value);
}
