import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OperationContext } from '../../cluster/operation-context.ts';
import { backendKinds } from '../../cluster/registry.ts';
import { exitCodeOf, type FailureCategory, SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { makeStateFolder, plainName, stateFolder } from '../../system/files/places.ts';
import { type ReadJson, readJson } from '../../system/files/read-json.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { acquireProcessLock } from '../../system/locks/process-lock.ts';
import {
  livenessOf,
  ownIdentity,
  type ProcessIdentity,
  processIdentity,
} from '../../system/processes/process-identity.ts';

const count = z.number().int().positive();

/** The request by which a shared cluster is made; two that are equal share one. */
const sharedRequest = z.strictObject({
  backend: z.enum(['auto', ...backendKinds]),
  workers: count.optional(),
  workerCores: count.optional(),
  workerMemoryMb: count.optional(),
  connect: z.boolean(),
  image: z.string().optional(),
  /** The folder from which jobs are submitted, for the standby driver. */
  workingFolder: z.string(),
});
export type SharedRequest = z.output<typeof sharedRequest>;

const categories = Object.keys(exitCodeOf) as FailureCategory[];

const keeperRecord = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting'), keeper: processIdentity }),
  z.object({ state: z.literal('ending'), keeper: processIdentity }),
  z.object({ state: z.literal('ready'), keeper: processIdentity, backend: z.enum(backendKinds) }),
  z.object({
    state: z.literal('failed'),
    keeper: processIdentity,
    failure: z.object({
      code: z.string(),
      category: z.enum(categories as [FailureCategory, ...FailureCategory[]]),
      message: z.string(),
      hint: z.string().optional(),
    }),
  }),
]);
export type KeeperRecord = z.output<typeof keeperRecord>;

/** A state without the keeper, who adds itself. */
type KeeperState = KeeperRecord extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'keeper'>
    : never
  : never;

const userRecord = z.object({ user: processIdentity });

/** Locks are held for moments only, but for the time in which a keeper starts. */
const lockTimeoutMs = 60_000;

/**
 * The folder through which those who share a cluster and its keeper speak: the request, a file for each user, and the keeper's
 * own record.
 */
export class SharedClusterPlace {
  /** The cluster's name. */
  readonly name: string;
  readonly logPath: string;
  readonly #folder: string;
  readonly #project: string;

  constructor(project: string, name: string) {
    this.name = name;
    this.#project = project;
    this.#folder = join(stateFolder(project), 'shared', name);
    this.logPath = join(this.#folder, 'keeper.log');
  }

  /** The place of all who make the same request in a project. */
  static async for(
    request: SharedRequest,
    { project }: Pick<OperationContext, 'project'>,
  ): Promise<SharedClusterPlace> {
    const { workingFolder: _, ...wanted } = request;
    const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 8);
    const place = new SharedClusterPlace(project, `shared-${digest}`);
    await makeStateFolder(project);
    await mkdir(place.#users, { recursive: true, mode: 0o700 });
    await writeAtomically(place.#requestPath, `${JSON.stringify(request)}\n`);
    return place;
  }

  /** The place of a name that a person or a process gave; undefined where nobody has asked for such a cluster. */
  static async named(
    name: string,
    { project }: Pick<OperationContext, 'project'>,
  ): Promise<{ readonly place: SharedClusterPlace; readonly request: SharedRequest } | undefined> {
    if (!plainName.test(name)) return undefined;
    const place = new SharedClusterPlace(project, name);
    const read = await readJson(place.#requestPath, sharedRequest);
    return read.kind === 'value' ? { place, request: read.value } : undefined;
  }

  /** Notes a process as a user of the cluster; returns what takes the note back. */
  async addUser(user: ProcessIdentity): Promise<() => Promise<void>> {
    const path = join(this.#users, `${randomUUID()}.json`);
    await writeAtomically(path, `${JSON.stringify({ user })}\n`);
    return async () => await rm(path, { force: true });
  }

  /** Tells whether a process that uses the cluster lives, and forgets those that do not. */
  async hasUsers(): Promise<boolean> {
    let found = false;
    for (const name of await readdir(this.#users).catch(() => [])) {
      if (!name.endsWith('.json')) continue;
      const path = join(this.#users, name);
      const read = await readJson(path, userRecord);
      if (read.kind === 'value' && (await livenessOf(read.value.user)) !== 'dead') found = true;
      else if (read.kind !== 'absent') await rm(path, { force: true });
    }
    return found;
  }

  async readKeeper(): Promise<ReadJson<KeeperRecord>> {
    return await readJson(this.#keeperPath, keeperRecord);
  }

  /** The record of a keeper that lives. */
  async livingKeeper(): Promise<KeeperRecord | undefined> {
    const read = await this.readKeeper();
    return read.kind === 'value' && (await livenessOf(read.value.keeper)) !== 'dead' ? read.value : undefined;
  }

  /** Writes what this process, the keeper, is doing. */
  async writeKeeper(state: KeeperState): Promise<void> {
    await writeAtomically(this.#keeperPath, `${JSON.stringify({ ...state, keeper: await ownIdentity() })}\n`);
  }

  /** Keeps others from starting a keeper, and the keeper from leaving. */
  async lock(signal?: AbortSignal): Promise<AsyncDisposable> {
    const path = `${this.#folder}.lock`;
    const lock = await acquireProcessLock(path, { timeoutMs: lockTimeoutMs, ...(signal && { signal }) });
    if (lock !== undefined) return lock;
    throw new SparkctlError({
      code: 'shared-cluster-busy',
      category: 'temporary',
      message: `Another process has been starting the shared cluster ${this.name} for ${lockTimeoutMs / 1000} s.`,
      hint: `See ${this.logPath}. If the lock belongs to another host or container and is left over, remove ${path}.`,
      details: { cluster: this.name, project: this.#project },
    });
  }

  get #users(): string {
    return join(this.#folder, 'users');
  }

  get #requestPath(): string {
    return join(this.#folder, 'request.json');
  }

  get #keeperPath(): string {
    return join(this.#folder, 'keeper.json');
  }
}
