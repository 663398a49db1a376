/** Round numbers along an axis, and where a value lies between the first and the last of them. */
export interface Ticks {
  readonly ticks: readonly number[];
  /** 0 at the beginning of the axis, 1 at its end. */
  share(value: number): number;
  label(tick: number): string;
}

/** About so many round numbers that enclose the values. */
export function niceTicks(values: readonly number[], about: number): Ticks {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high > low ? high - low : Math.abs(high) || 1;
  const step = niceStep(span / about);
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
    share: (value) => (value - first) / (last - first),
    label: (tick) => format.format(tick),
  };
}

/** The next 1, 2 or 5 with zeros. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((candidate) => rough <= candidate * power * (1 + 1e-9)) ?? 10;
  return digit * power;
}
