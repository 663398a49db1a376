import { relative } from 'node:path';
import { printable } from '../../system/errors/printable.ts';
import type { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { sparkctlVersion } from '../../system/package.ts';

/** `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A path as a person in a folder would name it. */
export function near(path: string, from: string): string {
  const short = relative(from, path);
  return short.startsWith('..') ? path : short;
}

/** A foreseen failure: what happened, and what to do next. */
export function formatError({
  message,
  hint,
}: Pick<SparkctlError, 'message'> & { hint?: string | undefined }): string {
  const words = printable(message, 'lines');
  return `sparkctl: ${words}\n${hint === undefined ? '' : `  Hint: ${printable(hint, 'lines')}\n`}`;
}

/** A failure that was not foreseen: the only one that shows a stack trace. */
export function formatDefect(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `sparkctl: this is a defect in sparkctl ${sparkctlVersion} (Node ${process.versions.node}, ${process.platform} ${process.arch}).\n${printable(trace, 'lines')}\n` +
    '  Hint: please report it with these lines and the command that you typed.\n'
  );
}
