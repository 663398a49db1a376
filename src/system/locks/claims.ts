import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { wrapWriteError } from '../errors/system-error.ts';
import type { Emit } from '../event.ts';
import { makeStateFolder, stateFolder } from '../files/places.ts';
import { readJson } from '../files/read-json.ts';
import { writeAtomically } from '../files/write-file.ts';
import { livenessOf, ownIdentity, processIdentity } from '../processes/process-identity.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { acquireProcessLock } from './process-lock.ts';

const claim = z.object({
  kind: z.enum(['input', 'target', 'cluster']),
  /** The real path of a file or folder, or the name of a cluster. */
  name: z.string(),
  /** Claims on one thing that say the same here may be held together. Where it is left out, there is one holder. */
  sharedAs: z.string().optional(),
});

const holderRecord = z.object({
  schemaVersion: z.literal(1),
  run: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  owner: processIdentity,
  claims: z.array(claim),
});

/** The command that asks a run to end: text for people, which comes from a file and goes to a terminal. */
const stopRequest = z.object({ by: z.string().regex(/^[\x20-\x7e]{1,200}$/) });

/** Something that a run uses and not everybody may use at the same time. */
export type Claim = z.output<typeof claim>;

/** A run that holds claims. */
export interface Holder extends Pick<z.output<typeof holderRecord>, 'run' | 'owner' | 'claims'> {
  readonly id: string;
  /** The file that says so. */
  readonly path: string;
  /** `elsewhere`: on another host or in another container, of which nothing can be said from here. */
  readonly liveness: 'alive' | 'dead' | 'elsewhere';
}

/** Two claims that exclude each other. */
export interface Conflict {
  readonly wanted: Claim;
  readonly holder: Holder;
}

interface ClaimsOptions {
  readonly project: string;
  readonly run: string;
  /** Ends what dead runs of this project have left: their claims are free only then. Returns those that go on, and are to be taken up by others. */
  readonly reclaim: () => Promise<ReadonlySet<string> | undefined>;
  /** Called once when another command asks this run to end, with the name of that command. */
  readonly onStopWanted: (by: string) => void;
}

interface MakingContext {
  readonly run?: string | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Hundreds of millions of rows take their time. */
const makingTimeoutMs = 60 * 60_000;
/** Claims are given under this lock, which is held for moments only, but for the time to end what a dead run left. */
const grantTimeoutMs = 60_000;
const listenIntervalMs = 200;
/** A run ends its driver, and the cluster that was made for it. */
const stopTimeoutMs = 120_000;

/**
 * The claims of one run, for as long as it lives. It stands in a file of `.sparkctl/locks/` with the identity of the run's
 * process: where that is dead, what it held is free.
 */
export class Claims implements AsyncDisposable {
  readonly #options: ClaimsOptions;
  readonly #id = randomUUID();
  readonly #claims: Claim[] = [];
  #listening: NodeJS.Timeout | undefined;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Adds all of these claims, or none of them: then it says what is in the way. */
  async tryToAdd(wanted: readonly Claim[], signal?: AbortSignal): Promise<readonly Conflict[]> {
    const { project, reclaim } = this.#options;
    const path = holderPath(project, this.#id);
    try {
      await using _grant = await grantLock(project, signal);
      const others = (await readHolders(project)).filter(({ id }) => id !== this.#id);
      const dead = others.filter(({ liveness }) => liveness === 'dead');
      const goingOn = dead.length > 0 ? await reclaim() : undefined;
      const over = dead.filter((holder) => !goingOn?.has(holder.run));
      for (const { id } of over) await removeFiles(project, id);
      const conflicts = conflictsOf(
        wanted,
        others.filter((other) => !over.includes(other)),
      );
      if (conflicts.length > 0) return conflicts;
      await this.#hold(wanted);
      return [];
    } catch (error) {
      throw wrapWriteError(error, `The file ${path}`);
    }
  }

  /** Takes over what a dead process held for this run, unless `begin`, which is asked while nobody else can do so, says no. */
  async takeOver(begin: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
    const { project, run } = this.#options;
    await using _grant = await grantLock(project, signal);
    if (!(await begin())) return false;
    const dead = (await readHolders(project)).filter(
      (holder) => holder.run === run && holder.liveness === 'dead',
    );
    await this.#hold(dead.flatMap(({ claims }) => claims));
    for (const { id } of dead) await removeFiles(project, id);
    return true;
  }

  async #hold(wanted: readonly Claim[]): Promise<void> {
    const { project, run } = this.#options;
    this.#claims.push(...wanted);
    const record = { schemaVersion: 1, run, owner: await ownIdentity(), claims: this.#claims };
    await writeAtomically(holderPath(project, this.#id), `${JSON.stringify(record)}\n`);
    this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#listening);
    await removeFiles(this.#options.project, this.#id);
  }

  #listen(): void {
    const { project, onStopWanted } = this.#options;
    this.#listening ??= setInterval(() => {
      void readJson(stopPath(project, this.#id), stopRequest).then(
        (read) => {
          if (read.kind !== 'value' || this.#listening === undefined) return;
          clearInterval(this.#listening);
          this.#listening = undefined;
          onStopWanted(read.value.by);
        },
        // The next look may succeed.
        () => undefined,
      );
    }, listenIntervalMs).unref();
  }
}

/** The living runs that hold something, those of which nothing can be said from here among them. */
export async function holdersOf(project: string, { kind, name }: Claim): Promise<readonly Holder[]> {
  return (await readHolders(project)).filter(
    ({ liveness, claims }) =>
      liveness !== 'dead' && claims.some((held) => held.kind === kind && held.name === name),
  );
}

/** The living run of that id, where it listens to those who want it to end. */
export async function holderOfRun(project: string, id: string): Promise<Holder | undefined> {
  return (await readHolders(project)).find(({ run, liveness }) => run === id && liveness !== 'dead');
}

/** Has a run end in order, and waits until it has. `by` is what its record will say. */
export async function stopHolder(
  project: string,
  holder: Holder,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const isHolding = async () => (await readHolders(project)).find(({ id }) => id === holder.id);
  {
    await using _grant = await grantLock(project, signal);
    if ((await isHolding()) === undefined) return;
    await writeAtomically(stopPath(project, holder.id), `${JSON.stringify({ by })}\n`);
  }
  const ended = await waitUntil(
    async () => {
      const found = await isHolding();
      return found === undefined || found.liveness === 'dead' ? true : undefined;
    },
    { timeoutMs: stopTimeoutMs, intervalMs: 100, signal },
  );
  if (ended === true) return;
  throw new SparkctlError({
    code: 'run-goes-on',
    category: 'temporary',
    message: `Run ${holder.run} was asked to end and still goes on after ${stopTimeoutMs / 1000} s.`,
    hint: whereToLook(holder),
    details: { run: holder.run, process: holder.owner },
  });
}

/** The end of a hint about a run that holds something. */
export function whereToLook({ liveness, run, path }: Holder): string {
  return liveness === 'elsewhere'
    ? `It belongs to another host or another container, of which nothing can be said from here: if it is over, remove ${path}.`
    : `See what it does: sparkctl runs show ${run}`;
}

function conflictsOf(wanted: readonly Claim[], holders: readonly Holder[]): readonly Conflict[] {
  return holders.flatMap((holder) =>
    wanted
      .filter((each) => holder.claims.some((held) => overlap(each, held) && !together(each, held)))
      .map((each) => ({ wanted: each, holder })),
  );
}

/** A folder overlaps with all that is in it. */
function overlap(one: Claim, other: Claim): boolean {
  if (one.kind !== other.kind) return false;
  return one.name === other.name || isIn(one.name, other.name) || isIn(other.name, one.name);
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function together(one: Claim, other: Claim): boolean {
  return one.sharedAs !== undefined && one.sharedAs === other.sharedAs;
}

function locksFolder(project: string): string {
  return join(stateFolder(project), 'locks');
}

function holderPath(project: string, id: string): string {
  return join(locksFolder(project), `${id}.json`);
}

function stopPath(project: string, id: string): string {
  return join(locksFolder(project), `${id}.stop`);
}

async function removeFiles(project: string, id: string): Promise<void> {
  await rm(holderPath(project, id), { force: true });
  await rm(stopPath(project, id), { force: true });
}

/** Every holder that has a record. What is none, a sparkctl did not write: it holds nothing. */
async function readHolders(project: string): Promise<readonly Holder[]> {
  const names = await readdir(locksFolder(project)).catch(() => []);
  const holders: Holder[] = [];
  for (const id of names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))) {
    const path = holderPath(project, id);
    const read = await readJson(path, holderRecord);
    if (read.kind !== 'value') continue;
    const { run, owner, claims } = read.value;
    holders.push({ id, path, run, owner, claims, liveness: await livenessOf(owner) });
  }
  return holders;
}

async function grantLock(project: string, signal: AbortSignal | undefined): Promise<AsyncDisposable> {
  await makeStateFolder(project);
  await mkdir(locksFolder(project), { recursive: true, mode: 0o700 });
  const path = join(locksFolder(project), 'grant.lock');
  const lock = await acquireProcessLock(path, { timeoutMs: grantTimeoutMs, ...(signal && { signal }) });
  if (lock !== undefined) return lock;
  throw new SparkctlError({
    code: 'locks-busy',
    category: 'temporary',
    message: `Another process has held ${path} for ${grantTimeoutMs / 1000} s.`,
    hint: 'Try again. If its process is on another host or in another container and over, remove that file.',
    details: { path },
  });
}

/** Has one process at a time make something that others of the same claim wait for, such as the data of an input. */
export async function lockMaking(
  project: string,
  name: string,
  { run, emit, signal }: MakingContext,
): Promise<AsyncDisposable> {
  await makeStateFolder(project);
  const key = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const path = join(locksFolder(project), `${key}.making`);
  const lock = await acquireProcessLock(path, {
    timeoutMs: makingTimeoutMs,
    signal,
    run,
    onWait: ({ pid, run: other }) =>
      emit({ kind: 'waiting-for-lock', on: 'dataset', pid, ...(other !== undefined && { run: other }) }),
  });
  if (lock !== undefined) return lock;
  throw new SparkctlError({
    code: 'being-made',
    category: 'temporary',
    message: `Another process has been making ${name} for ${makingTimeoutMs / 60_000} minutes.`,
    hint: `Try again when it is done. If it is on another host or in another container and over, remove ${path}.`,
    details: { path },
  });
}
