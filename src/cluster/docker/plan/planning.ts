import { ownIdentity } from '../../../system/processes/process-identity.ts';
import { configurationError, type Diagnostic } from '../../../system/yaml/yaml-file.ts';
import type { ClusterPlan } from '../../cluster.ts';
import type { OperationContext } from '../../operation-context.ts';
import { type NodeRole, roleNames, roles } from '../../roles.ts';
import type { ComposeFile, ComposeService } from '../compose/compose-schema.ts';
import { composeSource } from '../compose/compose-source.ts';
import type { Variables } from '../compose/compose-yaml.ts';
import type { FoundContainer } from '../find-containers.ts';
import { type ClusterFolders, clusterFolders } from '../folders/cluster-folders.ts';
import type { ContainerUser } from '../folders/container-user.ts';
import type { ReadyImage } from '../image/ensure-image.ts';
import type { ImageNeeds } from '../image/image-flavour.ts';
import { composeProject, type Ownership, ownerOf } from './labels.ts';
import { clusterVariables } from './memory-limits.ts';

/** Everything that planning a cluster's containers, or a driver's, starts from. */
export interface Planning {
  readonly file: ComposeFile;
  readonly services: ClusterServices;
  readonly composeProject: string;
  readonly folders: ClusterFolders;
  readonly variables: Variables;
  readonly ownership: Ownership;
  readonly imageNeeds: ImageNeeds;
  readonly environment: OperationContext['environment'];
}

/** Reads the Compose file with a plan's values in it. Without an image it serves to find out which one is needed. */
export async function planningOf(
  plan: ClusterPlan,
  user: Pick<ContainerUser, 'uid'>,
  image: ReadyImage | undefined,
  context: OperationContext,
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
  const { services, others } = clusterServices(file, plan);
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

/** The owner of new containers: that of the cluster they join, or this process for a new cluster. */
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

export interface ClusterService extends ComposeService {
  readonly name: string;
  readonly role: NodeRole;
}

/** The services that make up a cluster: one of each role, and a Connect server where the plan has one. */
export type ClusterServices = Readonly<Record<Exclude<NodeRole, 'connect'>, ClusterService>> & {
  readonly connect?: ClusterService | undefined;
};

/** Finds the service of each of a cluster's roles by its SPARK_MODE. A role without a service, or with two, is a mistake in the file. */
export function clusterServices(
  file: ComposeFile,
  { connect }: Pick<ClusterPlan, 'connect'>,
): {
  readonly services: ClusterServices;
  readonly others: readonly string[];
} {
  const mistakes: Diagnostic[] = [];
  const found = new Map<NodeRole, ClusterService>();
  const others: string[] = [];
  for (const [name, service] of Object.entries(file.services)) {
    const at = ['services', name];
    const mode = service.environment['SPARK_MODE'];
    if (mode === undefined) {
      others.push(name);
      continue;
    }
    const role = roleNames.find((each) => roles[each].mode === mode);
    if (role === undefined) {
      mistakes.push(file.diagnose([...at, 'environment', 'SPARK_MODE'], `SPARK_MODE is ${allModes()}`));
      continue;
    }
    const first = found.get(role);
    if (first !== undefined)
      mistakes.push(
        file.diagnose(at, `is a second service with SPARK_MODE ${mode}, after "${first.name}"`, 'key'),
      );
    if (service.networks.length !== 1)
      mistakes.push(file.diagnose([...at, 'networks'], `"${name}" joins one network, as all nodes do`));
    if (roles[role].count !== 'several' && service.scale !== 1)
      mistakes.push(file.diagnose([...at, 'scale'], `there is one ${role} only`));
    found.set(role, { ...service, name, role });
  }
  for (const role of roleNames) {
    if (!found.has(role) && (connect || !roles[role].optional))
      mistakes.push(file.diagnose(['services'], `no service has SPARK_MODE ${roles[role].mode}`, 'key'));
  }
  if (mistakes.length > 0) throw configurationError(mistakes[0]?.file ?? file.path, mistakes);
  if (!connect) found.delete('connect');
  // One of each is there by now.
  return { services: Object.fromEntries(found) as ClusterServices, others };
}

/** `master, worker, history or submit`. */
function allModes(): string {
  const modes = roleNames.map((role) => roles[role].mode);
  return `${modes.slice(0, -1).join(', ')} or ${modes.at(-1)}`;
}
