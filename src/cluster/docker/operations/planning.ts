import { ownIdentity } from '../../../system/processes/process-identity.ts';
import type { BackendContext } from '../../backend.ts';
import type { ClusterPlan } from '../../cluster-plan.ts';
import type { ComposeFile } from '../compose/compose-file.ts';
import type { Variables } from '../compose/interpolate.ts';
import { composeSource } from '../compose-source.ts';
import type { FoundContainer } from '../containers/find-containers.ts';
import { type ClusterFolders, clusterFolders } from '../folders/cluster-folders.ts';
import type { ContainerUser } from '../folders/container-user.ts';
import type { ImageNeeds } from '../image/adapt-to-image.ts';
import type { ReadyImage } from '../image/ensure-image.ts';
import { composeProject } from '../plan/cluster-names.ts';
import { type ClusterServices, clusterServices } from '../plan/cluster-services.ts';
import { clusterVariables } from '../plan/cluster-variables.ts';
import { type Ownership, ownerOf } from '../plan/labels.ts';

/** Everything that planning a cluster's containers, or a driver's, starts from. */
export interface Planning {
  readonly file: ComposeFile;
  readonly services: ClusterServices;
  readonly composeProject: string;
  readonly folders: ClusterFolders;
  readonly variables: Variables;
  readonly ownership: Ownership;
  readonly imageNeeds: ImageNeeds;
  readonly environment: BackendContext['environment'];
}

/** Reads the Compose file with a plan's values in it. Without an image it serves to find out which one is needed. */
export async function planningOf(
  plan: ClusterPlan,
  user: Pick<ContainerUser, 'uid'>,
  image: ReadyImage | undefined,
  context: BackendContext,
  existing: readonly FoundContainer[] = [],
): Promise<Planning> {
  const { project, environment } = context;
  const folders = clusterFolders(project, plan.name);
  const named = composeProject(plan.name, project);
  const variables = clusterVariables({
    plan,
    composeProject: named,
    projectFolder: project,
    folders,
    image: image?.name ?? 'sparkctl-spark:latest',
    uid: user.uid,
  });
  const file = (await composeSource(context)).read(variables);
  const { services, others } = clusterServices(file);
  if (image === undefined) {
    for (const ignored of file.warnings) context.emit({ kind: 'compose-ignored', ...ignored });
    for (const name of others) {
      const reason = 'has no SPARK_MODE; sparkctl leaves it to Compose';
      context.emit({ kind: 'compose-ignored', file: file.path, what: `the service ${name}`, reason });
    }
  }
  return {
    file,
    services,
    composeProject: named,
    folders,
    variables,
    ownership: await ownershipOf(plan, project, existing),
    imageNeeds: imageNeedsOf(image, folders),
    environment,
  };
}

/** What is added to a cluster belongs to whom the cluster belongs to; a new one to this process. */
async function ownershipOf(
  { name, ephemeral }: ClusterPlan,
  projectFolder: string,
  existing: readonly FoundContainer[],
): Promise<Ownership> {
  const master = existing.find(({ role }) => role === 'master');
  const owner = (master === undefined ? undefined : ownerOf(master.labels)) ?? (await ownIdentity());
  return { projectFolder, cluster: name, ephemeral, owner };
}

function imageNeedsOf(image: ReadyImage | undefined, folders: ClusterFolders): ImageNeeds {
  if (image === undefined || image.flavour.kind === 'own') {
    return { driverLogConfiguration: '/opt/spark/conf/driver-log4j2.properties' };
  }
  return {
    driverLogConfiguration: '/opt/sparkctl/driver-log4j2.properties',
    foreign: { sparkHome: image.flavour.sparkHome, supportFolder: folders.support },
  };
}
