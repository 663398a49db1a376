const factorMb: Readonly<Record<string, number>> = { m: 1, g: 1024, t: 1024 * 1024 };

/** `512m`, `2g`, `1t` (as Spark writes them; mb and gb are understood) in MiB, or undefined for anything else. */
export function parseMemoryMb(text: string): number | undefined {
  const [, number, unit] = /^(\d+)\s*([mgt])i?b?$/i.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const sizeMb = Number(number) * (factorMb[unit.toLowerCase()] ?? 0);
  return sizeMb > 0 && Number.isSafeInteger(sizeMb) ? sizeMb : undefined;
}
