import { formatNumber } from '../../system/format-number.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Formats an amount of memory or data for people: `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? formatNumber(Math.round(value)) : value.toFixed(1)} ${units[unit]}`;
}

/** Formats a time for people, by as many digits as matter: `230 ms`, `4.2 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatTime(ms: number): string {
  if (ms < 1000) return `${formatNumber(Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatNumber(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

export function formatShare(share: number): string {
  return `${formatNumber(Math.round(share * 1000) / 10)} %`;
}

export function formatTimes(ratio: number): string {
  return `${formatNumber(ratio >= 100 ? Math.round(ratio) : Math.round(ratio * 10) / 10)}×`;
}
