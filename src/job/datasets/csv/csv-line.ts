/** A line of CSV with these values, each in quotation marks where it needs them, or all of them. */
export function csvLine(values: readonly string[], quoteAll = false): string {
  return values.map((value) => (quoteAll || /[",\r\n]/.test(value) ? quoted(value) : value)).join(',');
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
