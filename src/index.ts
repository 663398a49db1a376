/** The library: what the command line does, as functions. The working folder and the environment of the process are read here and nowhere else. */
import type { ClusterStatus } from './cluster/cluster.ts';
import type { CheckedResult, CheckRequest } from './operations/check.ts';
import type { GeneratedData, GenerateRequest } from './operations/generate.ts';
import {
  contextOf,
  type Entry,
  type LibraryOptions,
  StartedCluster,
  type StartOptions,
  type SubmitOptions,
  type SubmittedRun,
  submitWith,
} from './operations/library.ts';
import type { SharedCluster, SharedClusterOptions } from './operations/shared-cluster/use.ts';
import type { RunRecord } from './run/record/run-record.ts';

export type { ClusterStatus, NodeStatus } from './cluster/cluster.ts';
export type { BackendKind } from './cluster/registry.ts';
export type { CheckedResult } from './operations/check.ts';
export type { GeneratedData } from './operations/generate.ts';
export type { LibraryOptions, StartOptions, SubmitOptions, SubmittedRun } from './operations/library.ts';
export { StartedCluster } from './operations/library.ts';
export { readTable, type TableAddress, type TableRow } from './operations/read-table.ts';
export {
  assertSucceeded,
  type ChecksFailedRun,
  type FailedRun,
  type KilledRun,
  type RunResult,
  type SucceededRun,
  type TimedOutRun,
} from './operations/run-result.ts';
export type { SharedCluster, SharedClusterOptions } from './operations/shared-cluster/use.ts';
export type { RunRecord } from './run/record/run-record.ts';
export { exitCodeOf, type FailureCategory, SparkctlError } from './system/errors/sparkctl-error.ts';
export type { SparkctlEvent } from './system/event.ts';

const entry = (): Entry => ({ workingFolder: process.cwd(), environment: process.env });

/**
 * Starts a cluster that goes away with its scope:
 * `await using cluster = await startCluster({ workers: 2 })`.
 */
export async function startCluster(options: StartOptions = {}): Promise<StartedCluster> {
  return await StartedCluster.start(options, entry());
}

/**
 * Takes part in a cluster that all share who ask for the same one: test files, processes, one after the other or at once.
 * The first one starts it; it goes away once the last process that uses it is gone, also after a crash. With vitest,
 * node:test and Jest that is the test runner itself.
 */
export async function sharedCluster(options: SharedClusterOptions = {}): Promise<SharedCluster> {
  const { useSharedCluster } = await import('./operations/shared-cluster/use.ts');
  return await useSharedCluster(options, entry());
}

/** Submits a job, as `sparkctl submit` does: the result is a union by `state`. */
export function submit(application: string, options: SubmitOptions = {}): SubmittedRun {
  return submitWith(application, options, entry());
}

/** Checks the result of a job that is there, without Spark, as `sparkctl check` does. */
export async function check(
  application: string,
  options: LibraryOptions & Omit<CheckRequest, 'application'> = {},
): Promise<CheckedResult> {
  const { check: ask } = await import('./operations/check.ts');
  const { workingFolder } = entry();
  return await ask({ workingFolder, ...options, application }, contextOf(options, entry()));
}

/** Makes the dataset of a job, as `sparkctl generate` does. */
export async function generate(
  application: string,
  options: LibraryOptions & Omit<GenerateRequest, 'application'> = {},
): Promise<GeneratedData> {
  const { generate: make } = await import('./operations/generate.ts');
  const { workingFolder } = entry();
  return await make({ workingFolder, ...options, application }, contextOf(options, entry()));
}

/** Lists the clusters of the project, on every backend that answers. */
export async function listClusters(options: LibraryOptions = {}): Promise<readonly ClusterStatus[]> {
  const { listClusters: list } = await import('./operations/clusters.ts');
  return await list(contextOf(options, entry()));
}

/** Lists the runs of the project, the newest first. */
export async function listRuns(options: Pick<LibraryOptions, 'project'> = {}): Promise<readonly RunRecord[]> {
  const { readRuns } = await import('./operations/runs.ts');
  const { runs } = await readRuns(contextOf(options, entry()).project);
  return runs.map(({ record }) => record);
}

/** Finds the run of an id or the beginning of one, or the newest. */
export async function findRun(
  id?: string,
  options: Pick<LibraryOptions, 'project'> = {},
): Promise<RunRecord> {
  const { findRun: find } = await import('./operations/runs.ts');
  return await find(contextOf(options, entry()).project, id);
}
