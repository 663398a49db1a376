import { onTestFinished } from 'vitest';

/** Lets the rest of a test run as an ordinary user: root may write everywhere. Modules that the rest needs must be loaded before. */
export function withoutRootPower(): void {
  if (process.geteuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => {
    process.seteuid?.(0);
  });
}
