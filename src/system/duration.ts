const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a duration, such as `90s`, `5m` or `1h30m`, to milliseconds; undefined where a text is none. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const isWhole = parts.map(([part]) => part).join('') === text;
  const totalMs = parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitMs[unit ?? ''] ?? 0), 0);
  return text !== '' && isWhole && totalMs > 0 && Number.isFinite(totalMs) ? totalMs : undefined;
}

/** Formats a long time for people, in its largest units: `2 d 3 h`, `5 min`. */
export function formatAge(ageMs: number): string {
  const [days, hours, minutes, seconds] = [86_400_000, 3_600_000, 60_000, 1000].map((unit) =>
    Math.floor(ageMs / unit),
  ) as [number, number, number, number];
  if (days > 0) return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
