import type { ClusterStatus } from '../../cluster/cluster.ts';
import { describeShortage } from '../../system/describe-shortage.ts';
import type { ResourceShortage } from '../../system/event.ts';
import type { Diagnosis } from './diagnose.ts';

/** Finds what keeps an application waiting for executors: what its cluster has, and who else has it. */
export function shortageOf(
  status: ClusterStatus | undefined,
  applicationId: string | undefined,
): ResourceShortage | undefined {
  if (status === undefined) return undefined;
  const { name: cluster, workers, resources } = status;
  if (resources === undefined) return { cluster, workers, holders: [] };
  const { cores, freeCores, freeMemoryMb, applications } = resources;
  const own = applications.find(({ id }) => id === applicationId);
  return {
    cluster,
    workers,
    free: { cores: freeCores, ofCores: cores, memoryMb: Math.max(0, ...freeMemoryMb) },
    ...(own && { executorMemoryMb: own.executorMemoryMb }),
    holders: applications
      .filter((each) => each !== own && each.cores > 0)
      .map(({ name, cores: held }) => ({ name, cores: held })),
  };
}

/** Makes of it the reason of a run that was ended while it waited. */
export function diagnoseShortage(shortage: ResourceShortage): Diagnosis {
  return { code: 'no-resources', ...describeShortage(shortage) };
}
