import { constants, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';

/** A file or folder that is held: what its name leads to afterwards makes no difference. */
export interface Held extends AsyncDisposable {
  /** Leads to exactly what is held, and with a name after it to what is in it. */
  readonly path: string;
  readonly stats: Stats;
}

/**
 * Linux's O_PATH, which Node has no name for: holds a place without opening it. That needs no permission, waits for
 * no other process, and its end drops no lock that this process has on the file.
 */
const placeOnly = 0o10000000;

/**
 * Holds what `parts` lead to from `root`, and follows no link on the way from there: whoever may rename something in
 * between cannot send this process elsewhere. A link is an error with the code ELOOP.
 */
export async function hold(root: string, parts: readonly string[]): Promise<Held> {
  let held = await holdOne(root, constants.O_DIRECTORY);
  for (const part of parts) {
    await using above = held;
    held = await holdOne(join(above.path, part), constants.O_NOFOLLOW);
    if (held.stats.isSymbolicLink()) {
      await held[Symbol.asyncDispose]();
      throw Object.assign(new Error(`${join(root, ...parts)}: ${part} is a symbolic link`), {
        code: 'ELOOP',
      });
    }
  }
  return held;
}

async function holdOne(path: string, flags: number): Promise<Held> {
  // Elsewhere there is no path to what a descriptor holds: links are still refused, if with a look and not a hold.
  if (process.platform !== 'linux')
    return { path, stats: await lstat(path), [Symbol.asyncDispose]: async () => {} };
  const handle = await open(path, placeOnly | flags);
  try {
    return {
      path: `/proc/self/fd/${handle.fd}`,
      stats: await handle.stat(),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
