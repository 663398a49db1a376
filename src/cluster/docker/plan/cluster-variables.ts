import type { ClusterPlan } from '../../cluster-plan.ts';
import type { Variables } from '../compose/interpolate.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import { workerLimitMb } from './memory-limits.ts';

export interface PlanFacts {
  readonly plan: ClusterPlan;
  readonly composeProject: string;
  readonly projectFolder: string;
  readonly folders: ClusterFolders;
  readonly image: string;
  /** The user id of the containers; their group is 0. */
  readonly uid: number;
}

/**
 * What sparkctl gives for the variables of docker-compose.yml. The same values in a file let Compose itself make, list
 * and remove exactly this cluster.
 */
export function clusterVariables({
  plan,
  composeProject,
  projectFolder,
  folders,
  image,
  uid,
}: PlanFacts): Variables {
  return {
    COMPOSE_PROJECT_NAME: composeProject,
    PWD: projectFolder,
    SPARK_IMAGE: image,
    SPARK_UID: String(uid),
    SPARK_WORKERS: String(plan.workers),
    SPARK_WORKER_CORES: String(plan.workerCores),
    SPARK_WORKER_MEMORY: `${plan.workerMemoryMb}m`,
    SPARK_WORKER_MEMORY_LIMIT: `${workerLimitMb(plan)}m`,
    SPARK_EVENTS: folders.events,
    SPARK_WORK: folders.work,
    SPARK_IVY_DIR: folders.ivy,
    SPARK_SECRET_MOUNT: `${folders.secret}:/var/lib/spark/secret/rpc:ro`,
  };
}
