import { type FailureCategory, SparkctlError } from './sparkctl-error.ts';

/** Tells whether something thrown is a system error with one of these codes, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

const causeOfCode: Readonly<Record<string, FailureCategory>> = {
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
  ENOSPC: 'io',
  EDQUOT: 'io',
  EIO: 'io',
  ENOENT: 'output',
  ENOTDIR: 'output',
  EISDIR: 'output',
  EEXIST: 'output',
  ELOOP: 'output',
};

const hintOfCode: Readonly<Record<string, string>> = {
  EACCES: 'Give yourself write permission there, or choose another path.',
  EPERM: 'Give yourself write permission there, or choose another path.',
  ELOOP:
    'A symbolic link has come into its place, or into that of its folder, and nothing was written through it: see who made it, and remove it.',
  EROFS: 'That file system is read-only: choose another path.',
  ENOSPC: 'The disk is full: free some space and submit again. Nothing was published.',
  EDQUOT: 'Your disk quota is used up: free some space and submit again.',
};

/** Says what could not be written and why, with the exit code that fits; anything that is no system error is returned as it is. */
export function wrapWriteError(error: unknown, what: string): unknown {
  if (error instanceof SparkctlError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const cause = causeOfCode[code];
  if (cause === undefined) return error;
  const hint = hintOfCode[code];
  return new SparkctlError({
    code: hasErrorCode(error, 'ENOSPC', 'EDQUOT') ? 'disk-full' : 'not-writable',
    category: cause,
    message: `${what} cannot be written (${code}).`,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
