import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import { hasErrorCode } from '../errors/system-error.ts';

/** A text that should be JSON of a certain shape, once looked at: the value, or in a few words why it is none. */
export type ParsedJson<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'damaged'; readonly reason: string };

/** A file that should hold such a text. */
export type ReadJson<Value> =
  | Extract<ParsedJson<Value>, { kind: 'value' }>
  | { readonly kind: 'absent' }
  | DamagedFile;

/** A file that cannot be used, and why. */
export interface DamagedFile {
  readonly kind: 'damaged';
  readonly path: string;
  readonly reason: string;
}

interface ReadJsonOptions {
  /** A larger file is not read. */
  readonly mostBytes?: number;
  /**
   * A file of sparkctl's own is never a link: a folder that a script or a container can write may hold one to a file
   * that is none of its business. `hard-ones-too` is for files that a script writes, since a reason quotes what it
   * finds. A person's own settings may well be linked.
   */
  readonly links?: 'refused' | 'hard-ones-too' | 'followed';
}

const defaultMostBytes = 32 * 1024 * 1024;

/**
 * Reads a record. The one way in which the content of a JSON file becomes a value: whatever stands there, the answer
 * is a value of the schema, or a reason why there is none; nothing is thrown for what a file holds or is.
 */
export async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { mostBytes = defaultMostBytes, links = 'refused' }: ReadJsonOptions = {},
): Promise<ReadJson<z.output<Schema>>> {
  const damaged = (reason: string): DamagedFile => ({ kind: 'damaged', path, reason });
  try {
    // A pipe would be waited for without O_NONBLOCK.
    const flags =
      constants.O_RDONLY | constants.O_NONBLOCK | (links === 'followed' ? 0 : constants.O_NOFOLLOW);
    await using file = await open(path, flags);
    const found = await file.stat();
    if (!found.isFile()) return damaged('it is no file');
    if (links === 'hard-ones-too' && found.nlink > 1) return damaged('it is no file of its own');
    if (found.size > mostBytes) return damaged(`it has more than ${mostBytes} bytes`);
    const parsed = parseJson(await file.readFile('utf8'), schema);
    return parsed.kind === 'value' ? parsed : damaged(parsed.reason);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return { kind: 'absent' };
    if (hasErrorCode(error, 'ELOOP', 'EMLINK')) return damaged('it is a symbolic link');
    // Too many open files, for one, says nothing of this file.
    if (!hasErrorCode(error, 'EACCES', 'EPERM', 'ENXIO', 'EISDIR', 'ENAMETOOLONG', 'EIO', 'ESTALE'))
      throw error;
    return damaged(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Takes a text as JSON of that shape, as far as it is. */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): ParsedJson<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'damaged', reason: `it is no JSON: ${error instanceof Error ? error.message : error}` };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'value', value: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return {
    kind: 'damaged',
    reason: `${where === '' ? '' : `${where}: `}${issue?.message ?? 'it is not as it should be'}`,
  };
}
