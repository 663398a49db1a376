const number = new Intl.NumberFormat('en-US');

/** Formats a number for people: `1,024`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** Formats a count of things: `1 worker`, `1,024 rows`. */
export function counted(count: number, one: string): string {
  return `${number.format(count)} ${one}${count === 1 ? '' : 's'}`;
}
