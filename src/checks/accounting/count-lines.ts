import { filePieces } from '../../datasets/file-pieces.ts';
import { hasErrorCode } from '../../errors/has-error-code.ts';
import { SparkctlError } from '../../errors/sparkctl-error.ts';
import { BlankSoFar } from './blank-so-far.ts';

const lineFeed = 0x0a;

/** How many lines of a file are not blank, read piece by piece. A blank line holds nothing but white space. */
export async function countLines(path: string, signal?: AbortSignal): Promise<number> {
  try {
    return await count(filePieces(path, signal));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EIO')) throw error;
    throw new SparkctlError({
      code: 'input-unreadable',
      cause: 'input',
      message: `The input ${path} cannot be read: ${(error as Error).message}.`,
      hint: 'Correct the path of the input, or give yourself permission to read it.',
      details: { path },
      origin: error,
    });
  }
}

async function count(pieces: AsyncIterable<Buffer>): Promise<number> {
  let lines = 0;
  /** Whether the line that is being read is known to have something in it: it may have begun in an earlier piece. */
  let filled = false;
  const blank = new BlankSoFar();
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const end = piece.indexOf(lineFeed, at);
      const stop = end === -1 ? piece.length : end;
      for (; !filled && at < stop; at++) filled = !blank.take(piece[at] ?? 0);
      if (end === -1) break;
      if (!blank.end() || filled) lines += 1;
      filled = false;
      at = end + 1;
    }
  }
  return !blank.end() || filled ? lines + 1 : lines;
}
