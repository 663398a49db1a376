import { link, rename, rm } from 'node:fs/promises';
import { freemem } from 'node:os';
import { basename, join } from 'node:path';
import type { ColdReason, DriverStart } from '../../system/event.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { holdersOf } from '../../system/locks/claims.ts';
import { livenessOf } from '../../system/processes/process-identity.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import type { ClusterStatus } from '../cluster.ts';
import { type DriverLaunch, type RunningDriver, sparkLogPath } from '../driver.ts';
import { clusterClaim, lockCluster } from '../lock-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import {
  claimOf,
  claimStandby,
  isReady,
  makeStandbyFolder,
  readSettings,
  readStandby,
  type StandbyFolder,
  standbyFolders,
  writeSettings,
} from './standby-folder.ts';
import type { StandbyKeeper, StandbyLaunch } from './standby-keeper.ts';
import type { StandbySettings } from './standby-settings.ts';

/** The time that a standby which is ready may take to answer, and one that is still starting. */
const answerMs = { ready: 10_000, starting: 90_000 } as const;
/** The time for which the end of a run waits for others that work on the cluster, before it does without a next standby. */
const lockMs = 2_000;
/** Memory that must be free beside what the executors may use, in MiB: for the driver, and for everything else on the machine. */
const headroomMb = 1_536;

/** The standby drivers of one cluster: at most one waits at a time. */
export class Standbys {
  readonly #keeper: StandbyKeeper;
  readonly #cluster: string;
  readonly #context: OperationContext;
  /** Those that give way to a driver, which need not wait for them: it takes longer to start than they to end. */
  readonly #leaving: Promise<void>[] = [];

  constructor(keeper: StandbyKeeper, cluster: string, context: OperationContext) {
    this.#keeper = keeper;
    this.#cluster = cluster;
    this.#context = context;
  }

  async settings(): Promise<StandbySettings | undefined> {
    return await readSettings(this.#context.project, this.#cluster);
  }

  /** Keeps whether the cluster is to have standbys. Where it is not, those that wait are ended. */
  async set(wanted: StandbySettings | undefined): Promise<void> {
    await writeSettings(this.#context.project, this.#cluster, wanted);
    if (wanted === undefined) await this.endWaiting();
  }

  /** The state of the standby that waits for the next submission. */
  async state(): Promise<'ready' | 'starting' | 'none'> {
    for await (const standby of this.#waiting()) return (await isReady(standby)) ? 'ready' : 'starting';
    return 'none';
  }

  /** Gives a launch to the standby that waits; or says why it needs a driver of its own. Those that wait for another one are then ended. */
  async take(
    launch: DriverLaunch,
  ): Promise<{ readonly driver: RunningDriver; readonly start: DriverStart } | ColdReason> {
    const { warm } = launch;
    if ('why' in warm) {
      await this.#dismissWaiting();
      return warm;
    }
    let reason: ColdReason = { why: 'none-waits' };
    const folders = await this.#folders();
    // Where there is none, as on every cluster without standbys, nothing is asked for what it would need.
    if (folders.length === 0) return reason;
    const wanted = await this.#keeper.madeWith(this.#cluster, { ...launch, warm }, this.#context);
    for (const standby of folders) {
      const record = await readStandby(standby);
      if ((await claimOf(standby)) !== 'free') continue;
      if ('unusable' in record) {
        reason = { why: 'unusable', what: [record.unusable] };
        continue;
      }
      const different = differences(record.madeWith, wanted);
      if (!(await claimStandby(standby, launch.runId))) continue;
      if (different.length > 0) {
        reason = { why: 'made-for-another', what: different };
        this.#dismiss(standby);
        continue;
      }
      const driver = await this.#handOver(standby, { ...launch, warm });
      if ('why' in driver) reason = driver;
      else return { driver, start: { start: 'warm' } };
    }
    return reason;
  }

  /** Finds the standby that another process has given to a detached run; undefined where nothing is left of it. */
  async takeUp(launch: DriverLaunch): Promise<RunningDriver | undefined> {
    for (const standby of await this.#folders()) {
      const claim = await claimOf(standby);
      if (typeof claim === 'string' || claim.run !== launch.runId) continue;
      const driver = await this.#keeper.takeUp(this.#cluster, standby, launch, this.#context);
      if (driver !== undefined) return this.#untilGone(standby, driver);
    }
    return undefined;
  }

  /** Gives the run to a standby that was claimed for it, and waits until its script begins. */
  async #handOver(standby: StandbyFolder, launch: StandbyLaunch): Promise<RunningDriver | ColdReason> {
    const { signal } = this.#context;
    if (!(await this.#lives(standby))) {
      await this.#end(standby);
      return { why: 'gone' };
    }
    const timeoutMs = answerMs[(await isReady(standby)) ? 'ready' : 'starting'];
    let begins = (_: boolean) => {};
    const begun = new Promise<boolean>((resolve) => {
      begins = resolve;
    });
    // Nothing of what it has printed is the run's before the run is its own.
    const once = (take: StandbyLaunch['onStdout']) => async (chunk: Uint8Array) => {
      if (await begun) await take(chunk);
    };
    let driver: RunningDriver | undefined;
    try {
      await this.#shareLog(standby, launch);
      const quiet = { ...launch, onStdout: once(launch.onStdout), onStderr: once(launch.onStderr) };
      driver = await this.#keeper.follow(this.#cluster, standby, quiet, this.#context);
      let ended = false;
      driver.exited.then(
        () => (ended = true),
        () => (ended = true),
      );
      await this.#request(standby, launch);
      const answer = await waitUntil(
        async () => ((await canAccess(join(standby.path, 'begun'))) ? 'begun' : ended ? 'gone' : undefined),
        { timeoutMs, intervalMs: 10, signal },
      );
      begins(answer === 'begun');
      if (answer === 'begun') return this.#untilGone(standby, driver);
      await this.#end(standby);
      return { why: answer ?? 'silent' };
    } catch (error) {
      begins(false);
      await this.#end(standby);
      signal.throwIfAborted();
      return { why: 'unusable', what: [error instanceof Error ? error.message : String(error)] };
    }
  }

  /** The driver, whose folder goes when it does. */
  #untilGone(standby: StandbyFolder, driver: RunningDriver): RunningDriver {
    const exited = (async () => {
      try {
        return await driver.exited;
      } finally {
        await this.#remove(standby);
      }
    })();
    exited.catch(() => {});
    return {
      id: driver.id,
      exited,
      stop: async (graceMs) => {
        await driver.stop(graceMs);
        await exited.catch(() => {});
      },
    };
  }

  /** One log, that the standby writes and the run keeps. */
  async #shareLog(standby: StandbyFolder, { runFolder }: StandbyLaunch): Promise<void> {
    const log = sparkLogPath(runFolder);
    await rm(log, { force: true });
    await link(sparkLogPath(standby.path), log);
  }

  async #request(standby: StandbyFolder, launch: StandbyLaunch): Promise<void> {
    const environment = await this.#keeper.environment(launch, this.#context);
    const { script, arguments: words, properties } = launch.warm;
    const request = {
      script,
      arguments: words,
      name: basename(script),
      properties,
      environment: environment === undefined ? null : environment.variables,
      kept: environment?.kept ?? [],
    };
    const path = join(standby.path, 'run.json.new');
    await writeAtomically(path, JSON.stringify(request));
    await this.#keeper.share(this.#cluster, standby, path, this.#context);
    // It must be readable before it can be found.
    await rename(path, join(standby.path, 'run.json'));
  }

  /**
   * Makes the standby for the next launch, made with the same things as this one; where one waits that is, leaves it. Never fails: a
   * submission is not worse for it.
   */
  async prepare(
    launch: Pick<DriverLaunch, 'warm' | 'workingFolder' | 'propertiesFiles'>,
    status: () => Promise<ClusterStatus | undefined>,
  ): Promise<void> {
    const { warm } = launch;
    const { project, emit } = this.#context;
    if ('why' in warm) return;
    try {
      const settings = await this.settings();
      if (settings === undefined) return;
      await this.settled();
      await using _lock = await lockCluster(this.#cluster, this.#context, lockMs);
      if (await this.#isUsedByOthers()) return;
      const madeWith = await this.#keeper.madeWith(this.#cluster, { ...launch, warm }, this.#context);
      if (await this.#hasOne(madeWith)) return;
      await this.endWaiting();
      const found = await status();
      if (found === undefined || !hasRoom(found)) return;
      const standby = await makeStandbyFolder(project, this.#cluster, this.#keeper.backend, madeWith);
      try {
        await this.#keeper.start(this.#cluster, standby, { ...launch, warm }, settings.idleMs, this.#context);
      } catch (error) {
        await this.#end(standby);
        throw error;
      }
      emit({ kind: 'standby-started', cluster: this.#cluster });
    } catch (error) {
      emit({
        kind: 'standby-failed',
        cluster: this.#cluster,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Ends those that nobody has taken. */
  async endWaiting(): Promise<void> {
    await this.#dismissWaiting();
    await this.settled();
  }

  /** Waits until those that gave way are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving.splice(0));
  }

  async #dismissWaiting(): Promise<void> {
    for (const standby of await this.#folders())
      if (await claimStandby(standby, 'none')) this.#dismiss(standby);
  }

  #dismiss(standby: StandbyFolder): void {
    const ended = this.#end(standby);
    // It is looked at by whoever waits for it.
    ended.catch(() => {});
    this.#leaving.push(ended);
  }

  /**
   * Ends what a killed sparkctl has taken and left, and removes what is left of those that went by themselves. One that died
   * while it waited stays for the next submission, which says so. Those that `runs` have taken are left alone.
   */
  async reclaim(runs: ReadonlySet<string>): Promise<void> {
    for (const standby of await this.#folders()) {
      const record = await readStandby(standby);
      // One that cannot be trusted says nothing of who made it; it goes with its cluster.
      if ('unusable' in record || record.backend !== this.#keeper.backend) continue;
      const claim = await claimOf(standby);
      if (claim === 'free' || (claim !== 'leaving' && runs.has(claim.run))) continue;
      const isLeft =
        claim === 'leaving' ? !(await this.#lives(standby)) : (await livenessOf(claim.owner)) === 'dead';
      if (isLeft) await this.#end(standby);
    }
  }

  async #isUsedByOthers(): Promise<boolean> {
    const { project, run } = this.#context;
    const holders = await holdersOf(project, clusterClaim(this.#cluster));
    return holders.some((holder) => holder.run !== run);
  }

  async #hasOne(madeWith: Readonly<Record<string, string>>): Promise<boolean> {
    for await (const standby of this.#waiting()) {
      const record = await readStandby(standby);
      if (!('unusable' in record) && differences(record.madeWith, madeWith).length === 0) return true;
    }
    return false;
  }

  /** Those that live and that nobody has taken. */
  async *#waiting(): AsyncGenerator<StandbyFolder> {
    for (const standby of await this.#folders())
      if ((await claimOf(standby)) === 'free' && (await this.#lives(standby))) yield standby;
  }

  async #folders(): Promise<readonly StandbyFolder[]> {
    return await standbyFolders(this.#context.project, this.#cluster);
  }

  async #lives(standby: StandbyFolder): Promise<boolean> {
    return await this.#keeper.lives(this.#cluster, standby, this.#context);
  }

  async #end(standby: StandbyFolder): Promise<void> {
    await this.#keeper.end(this.#cluster, standby, this.#context);
    await this.#remove(standby);
  }

  async #remove({ path }: StandbyFolder): Promise<void> {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Tells whether a machine has memory for a driver that waits, beside what its executors may come to use. */
export function hasRoom(
  { workers, workerMemoryMb }: Pick<ClusterStatus, 'workers' | 'workerMemoryMb'>,
  freeMb = freemem() / 2 ** 20,
): boolean {
  return freeMb >= headroomMb + workers.alive * workerMemoryMb;
}

/** The names of what is not the same. */
function differences(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]);
}
