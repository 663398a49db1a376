import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../system/errors/system-error.ts';

/** Says that an input cannot be read and why; what is no matter of the file system, and what is said already, is returned as it is. */
export function unreadable(error: unknown, path: string): unknown {
  if (
    !(error instanceof Error) ||
    !hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EIO')
  )
    return error;
  const denied = hasErrorCode(error, 'EACCES', 'EPERM');
  return new SparkctlError({
    code: 'input-unreadable',
    category: denied ? 'permission' : 'input',
    message: `The input ${path} cannot be read: ${error.message}.`,
    hint: denied
      ? 'Give yourself permission to read it.'
      : 'Correct the path of the input, or give yourself permission to read it.',
    details: { path },
    cause: error,
  });
}
