import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import type { Emit } from '../system/event.ts';
import { userCacheFolder } from '../system/files/places.ts';
import { readIfPresent } from '../system/files/read-file.ts';
import { readJson } from '../system/files/read-json.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { acquireProcessLock } from '../system/locks/process-lock.ts';
import { endMarked } from '../system/processes/process-mark.ts';

export interface RuntimeContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The folders of the user's cache that hold such things, each in a folder named after what it is made of. */
type Kind = 'runtimes' | 'java' | 'archives';
const kinds: readonly Kind[] = ['runtimes', 'java', 'archives'];

/** A thing that is made once per user and machine: the runtime, a Java, an archive of classes. */
export interface MadeOnce<Made extends object> {
  readonly folder: string;
  /** The name of the file that says what is there. It is published in one step, once the rest is complete. */
  readonly record: string;
  readonly schema: z.ZodType<Made>;
  /** Tells whether a recorded thing can still be used. */
  works(made: Made): Promise<boolean>;
}

/** The name of the folder of one attempt to make a thing. It is the mark of every process that works on it. */
export const buildName = /^build-[0-9a-f-]{36}$/;

/** The time that the processes of an attempt may take to end by themselves. */
const buildGraceMs = 2_000;

/** The time to wait for another process that is making the same thing. */
const lockTimeoutMs = 15 * 60_000;

const ofThisVersion = z.looseObject({ schemaVersion: z.literal(1) }).transform((record): unknown => record);

/** The folder for a thing of these ingredients, whether it is there yet or not. */
export function madeFolder(kind: Kind, key: string, environment: RuntimeContext['environment']): string {
  return join(userCacheFolder(environment), kind, key);
}

/** The folder for what pip installs from a list of packages. Another list gets another folder, and so does another kind of machine. */
export function packagesFolder(
  kind: Kind,
  packages: string,
  environment: RuntimeContext['environment'],
): string {
  const key = createHash('sha256').update(`${process.platform} ${process.arch}\n${packages}`).digest('hex');
  return madeFolder(kind, key.slice(0, 16), environment);
}

/** The thing, where it is there: a half-made one has no record, and a damaged record counts as none. */
export async function findMade<Made extends object>(thing: MadeOnce<Made>): Promise<Made | undefined> {
  const read = await readJson(join(thing.folder, thing.record), ofThisVersion.pipe(thing.schema));
  return read.kind === 'value' && (await thing.works(read.value)) ? read.value : undefined;
}

/**
 * Makes the thing that is missing, in a folder of its own, so that nothing else ever writes there; it cannot be moved, so it is
 * the record that takes its place in one step. Undefined where another process has been making it all the time.
 */
export async function makeOnce<Made extends object>(
  thing: MadeOnce<Made>,
  lock: Omit<Parameters<typeof acquireProcessLock>[1], 'run'>,
  make: (build: string) => Promise<Made>,
  name = newBuild(),
): Promise<Made | undefined> {
  const { folder, record } = thing;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await using held = await acquireProcessLock(lockOf(folder), lock);
  if (held === undefined) return undefined;
  const present = await findMade(thing);
  if (present !== undefined) return present;
  await removeBuilds(folder, await readdir(folder));
  const build = join(folder, name);
  await mkdir(build, { mode: 0o700 });
  try {
    const made = await make(build);
    await writeAtomically(
      join(folder, record),
      `${JSON.stringify({ schemaVersion: 1, ...made }, null, 2)}\n`,
    );
    return made;
  } catch (error) {
    // What was started to make it does not always end with its first process.
    await removeBuilds(folder, [name]);
    throw error;
  }
}

/** Does the same for a thing that nothing works without: of two processes at once one makes it, and the other waits for that one. */
export async function makeOrWait<Made extends object>(
  thing: MadeOnce<Made>,
  what: string,
  { emit, signal }: RuntimeContext,
  make: (build: string) => Promise<Made>,
): Promise<Made> {
  const onWait = ({ pid }: { readonly pid: number }) =>
    emit({ kind: 'waiting-for-lock', on: 'runtime', pid });
  try {
    const made = await makeOnce(thing, { timeoutMs: lockTimeoutMs, signal, onWait }, make);
    if (made !== undefined) return made;
  } catch (error) {
    throw wrapWriteError(error, `What is made in ${thing.folder}`);
  }
  throw new SparkctlError({
    code: 'runtime-locked',
    category: 'temporary',
    message: `Another process has been making ${what} in ${thing.folder} for ${lockTimeoutMs / 60_000} minutes.`,
    hint: `Wait for it, or end it and try again.`,
  });
}

/** A name for an attempt, for whoever must know it before. */
export function newBuild(): string {
  return `build-${randomUUID()}`;
}

/** The mark of the processes that make a thing in this folder. */
export function markOf(build: string): string {
  return basename(build);
}

/**
 * Ends attempts whose sparkctl was killed, and removes what they have made: of today's ingredients and of any others.
 * Those that a living process is making are left alone.
 */
export async function reclaimMade({ environment }: Pick<RuntimeContext, 'environment'>): Promise<void> {
  for (const kind of kinds) {
    const parent = madeFolder(kind, '', environment);
    for (const entry of await readdir(parent, { withFileTypes: true }).catch(() => [])) {
      const folder = join(parent, entry.name);
      if (!entry.isDirectory() || (await halfMade(folder)).length === 0) continue;
      await using lock = await acquireProcessLock(lockOf(folder), { timeoutMs: 0 });
      // Asked again: whoever held the lock may have finished in between.
      if (lock !== undefined) await removeBuilds(folder, await halfMade(folder));
    }
  }
}

function lockOf(folder: string): string {
  return `${folder}.lock`;
}

/** The attempts in a folder that no record there names: a record has the paths of what it speaks of, by whatever way they lead there. */
async function halfMade(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const builds = names.filter((name) => buildName.test(name));
  if (builds.length === 0) return [];
  const records = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const texts = await Promise.all(records.map(async (path) => (await readIfPresent(path)) ?? ''));
  return builds.filter((name) => !texts.some((text) => text.includes(`/${name}/`)));
}

async function removeBuilds(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (buildName.test(name)) await endMarked(name, buildGraceMs);
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
