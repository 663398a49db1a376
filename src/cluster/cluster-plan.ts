/** A cluster as it was asked for, complete and checked: a backend decides nothing. */
export interface ClusterPlan {
  /** `[a-z0-9][a-z0-9-]*`, unique in the project. */
  readonly name: string;
  readonly workers: number;
  readonly workerCores: number;
  readonly workerMemoryMb: number;
  /** True for a cluster that lives only as long as the run that made it. */
  readonly ephemeral: boolean;
}
