import type { DriverLaunch, RunningDriver, WarmLaunch } from '../driver.ts';
import type { OperationContext } from '../operation-context.ts';
import type { StandbyFolder } from './standby-folder.ts';

/** A launch that a standby can take. */
export type StandbyLaunch = Omit<DriverLaunch, 'warm'> & { readonly warm: WarmLaunch };

/** The part of a launch that a standby is made for, before there is a run. */
export type PreparedLaunch = Pick<StandbyLaunch, 'warm' | 'workingFolder' | 'propertiesFiles'>;

/** The part of a backend that has standby drivers: how one is started, found, followed and ended there. */
export interface StandbyKeeper {
  /** The backend's kind. */
  readonly backend: string;
  /**
   * The things that a driver for a launch is made with, each by its name for people, with its value or a digest: two
   * launches with the same ones can have the same standby.
   */
  madeWith(
    cluster: string,
    launch: PreparedLaunch,
    context: OperationContext,
  ): Promise<Readonly<Record<string, string>>>;
  /** Starts one in a folder that is there. Returns as soon as it has begun. */
  start(
    cluster: string,
    standby: StandbyFolder,
    launch: PreparedLaunch,
    idleMs: number,
    context: OperationContext,
  ): Promise<void>;
  lives(cluster: string, standby: StandbyFolder, context: OperationContext): Promise<boolean>;
  /** Follows one that was claimed as the driver of a run: from its beginning, and as long as it lives. */
  follow(
    cluster: string,
    standby: StandbyFolder,
    launch: StandbyLaunch,
    context: OperationContext,
  ): Promise<RunningDriver>;
  /** Follows one that another process has followed as the driver of a detached run, also one that has ended; undefined where nothing is left of it. */
  takeUp(
    cluster: string,
    standby: StandbyFolder,
    launch: DriverLaunch,
    context: OperationContext,
  ): Promise<RunningDriver | undefined>;
  /** The environment that a driver started for the run would have, and the names of the variables that must not be changed any more; undefined: its own. */
  environment(launch: StandbyLaunch, context: OperationContext): Promise<StandbyEnvironment | undefined>;
  /** Lets whoever runs the standby read a file in its folder. */
  share(cluster: string, standby: StandbyFolder, file: string, context: OperationContext): Promise<void>;
  /** Ends one and all that it started. Returns once nothing of it is left; its folder may be. */
  end(cluster: string, standby: StandbyFolder, context: OperationContext): Promise<void>;
}

export interface StandbyEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly kept: readonly string[];
}
