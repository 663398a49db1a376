/** The library: what the command line does, as functions. */
export type { ClusterBackend, UpOutcome } from './cluster/backend.ts';
export type { BackendKind } from './cluster/backend-kind.ts';
export { loadBackend } from './cluster/backends.ts';
export type { ClusterPlan } from './cluster/cluster-plan.ts';
export type { ClusterStatus, NodeStatus } from './cluster/cluster-status.ts';
export { projectFolder } from './config/project-folder.ts';
export { exitCodeOfCause, type FailureCause } from './errors/failure-cause.ts';
export { SparkctlError } from './errors/sparkctl-error.ts';
export type { Emit, SparkctlEvent } from './events/event.ts';
export { findCluster, listClusters } from './operations/find-cluster.ts';
export type { OperationContext } from './operations/operation-context.ts';
export { startCluster } from './operations/start-cluster.ts';
export type { ClusterWish } from './operations/submit/choose-cluster.ts';
export { submitJob } from './operations/submit/submit-job.ts';
export type { SubmitRequest } from './operations/submit/submit-request.ts';
export type { RunRecord } from './runs/run-record.ts';
export { findRun, listRuns } from './runs/run-store.ts';
