/** Round numbers along an axis, and where a value lies between the first and the last of them. */
export interface Ticks {
  readonly ticks: readonly number[];
  /** 0 at the beginning of the axis, 1 at its end. */
  share(value: number): number;
  label(tick: number): string;
}

/** About so many round numbers that enclose the values. */
export function niceTicks(values: readonly number[], about: number): Ticks {
  // Spread over arguments, a few hundred thousand values would overflow the stack.
  const low = within(values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY));
  const high = within(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  const span = high > low ? high - low : Math.abs(high) || 1;
  const step = niceStep(Math.max(span / about, 1e-300));
  const first = Math.floor(low / step) * step;
  const count = Math.max(1, Math.ceil((high - first) / step - 1e-9));
  const last = first + count * step;
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: Math.min(decimals, 12),
    maximumFractionDigits: Math.min(decimals, 12),
  });
  return {
    ticks: Array.from({ length: count + 1 }, (_, index) => first + index * step),
    share: (value) => (within(value) - first) / (last - first),
    label: (tick) => format.format(tick),
  };
}

/** Differences of values at the ends of what a number can hold are none any more. */
function within(value: number): number {
  return Math.max(-1e300, Math.min(1e300, value));
}

/** The next 1, 2 or 5 with zeros. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((candidate) => rough <= candidate * power * (1 + 1e-9)) ?? 10;
  return digit * power;
}
