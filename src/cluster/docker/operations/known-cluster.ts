import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { BackendContext } from '../../backend.ts';
import { type ClusterRecord, readRecord } from '../cluster-record.ts';
import { type FoundContainer, findCluster } from '../containers/find-containers.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import type { ReadyImage } from '../image/ensure-image.ts';

/** The containers of a cluster that must be there. */
export async function existingCluster(
  daemon: Daemon,
  name: string,
  { project }: Pick<BackendContext, 'project'>,
): Promise<readonly FoundContainer[]> {
  const containers = await findCluster(daemon, project, name);
  if (containers.length > 0) return containers;
  throw new SparkctlError({
    code: 'no-cluster',
    category: 'cluster',
    message: `There is no cluster called ${name} in ${project}.`,
    hint: `Start one: sparkctl cluster up --backend docker --cluster ${name}`,
  });
}

/** A cluster that must be there, and that sparkctl made. */
export async function knownCluster(
  daemon: Daemon,
  name: string,
  context: Pick<BackendContext, 'project'>,
): Promise<{ readonly record: ClusterRecord; readonly containers: readonly FoundContainer[] }> {
  const containers = await existingCluster(daemon, name, context);
  const record = await readRecord(context.project, name);
  if (record !== undefined) return { record, containers };
  throw new SparkctlError({
    code: 'cluster-without-record',
    category: 'cluster',
    message: `The cluster ${name} has no record in ${context.project}/.sparkctl: Compose made it, or the record was removed.`,
    hint: `Use it with docker-compose run --rm spark-submit, or make it anew: sparkctl cluster down --cluster ${name}, then up.`,
  });
}

export function imageOf({ image, sparkHome }: ClusterRecord): ReadyImage {
  return { name: image, flavour: sparkHome === undefined ? { kind: 'own' } : { kind: 'foreign', sparkHome } };
}
