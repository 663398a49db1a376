import { randomUUID } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../errors/system-error.ts';
import { readJson } from '../files/read-json.ts';
import { livenessOf, ownIdentity, processIdentity } from '../processes/process-identity.ts';
import { waitUntil } from '../processes/wait-until.ts';

/** The process that holds a lock, and the run that it works for. */
const lockHolder = processIdentity.extend({
  run: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/)
    .optional(),
});
export type LockHolder = z.output<typeof lockHolder>;

interface LockOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The run on whose behalf the lock is taken, for those who wait. */
  readonly run?: string | undefined;
  /** Called once with the process that holds the lock, when there is a wait. */
  readonly onWait?: (holder: LockHolder) => void;
}

/**
 * Holds a lock file for as long as this process needs it; undefined when another living process kept it for
 * `timeoutMs`. A lock is judged by whether its holder lives, never by a date: a dead process's lock is taken over,
 * whatever the clock says, and that of a process of which nothing can be said from here is respected.
 */
export async function acquireProcessLock(
  path: string,
  options: LockOptions,
): Promise<AsyncDisposable | undefined> {
  const own: LockHolder = { ...(await ownIdentity()), run: options.run };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let told = false;
  const taken = await waitUntil(async () => {
    const holder = await tryToTake(path, own);
    if (holder === undefined) return true;
    if (!told) options.onWait?.(holder);
    told = true;
    return undefined;
  }, options);
  return taken === true ? { [Symbol.asyncDispose]: () => rm(path, { force: true }) } : undefined;
}

/** Takes the lock, or says which living process holds it. */
async function tryToTake(path: string, own: LockHolder): Promise<LockHolder | undefined> {
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    // A link either is made whole, content included, or fails because the lock is there.
    await link(mine, path);
    return undefined;
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const holder = await readHolder(path);
  if (holder !== undefined && (await livenessOf(holder)) !== 'dead') return holder;
  await removeStale(path);
  return tryToTake(path, own);
}

/** The holder; undefined where the lock is gone, or holds nothing that a sparkctl wrote. */
async function readHolder(path: string): Promise<LockHolder | undefined> {
  const read = await readJson(path, lockHolder, { mostBytes: 64 * 1024 });
  return read.kind === 'value' ? read.value : undefined;
}

/** Moves a dead process's lock aside; if a living one took it in between, that one is put back. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  const holder = await readHolder(aside);
  if (holder !== undefined && (await livenessOf(holder)) !== 'dead')
    await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
