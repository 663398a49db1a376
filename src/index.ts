/** The library: what the command line does, as functions. */
export type { ClusterBackend, UpOutcome } from './cluster/backend.ts';
export type { ClusterRequest } from './cluster/choose-cluster.ts';
export type { ClusterPlan } from './cluster/cluster-plan.ts';
export type { ClusterStatus, NodeStatus } from './cluster/cluster-status.ts';
export { type OperationContext, operationContext } from './cluster/operation-context.ts';
export type { BackendKind } from './cluster/registry.ts';
export { loadBackend } from './cluster/registry.ts';
export { findCluster, listClusters, upCluster } from './operations/clusters.ts';
export { projectFolder } from './operations/project-folder.ts';
export { planSubmission, submit } from './operations/submit.ts';
export type { RunRecord } from './run/run-record.ts';
export { findRun, listRuns } from './run/run-store.ts';
export type { SubmitRequest } from './run/submit-request.ts';
export { exitCodeOf, type FailureCategory, SparkctlError } from './system/errors/sparkctl-error.ts';
export type { Emit, SparkctlEvent } from './system/event.ts';
