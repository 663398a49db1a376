import { clusterRoles, type NodeRole, roles } from '../../roles.ts';
import type { ComposeFile } from '../compose/compose-schema.ts';
import type { FoundContainer } from '../find-containers.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import { adaptToImage, type ImageNeeds } from '../image/image-flavour.ts';
import {
  composeLabel,
  networkLabels,
  type Ownership,
  objectName,
  ownershipLabels,
  volumeLabels,
} from './labels.ts';
import {
  type ClusterSpec,
  type ContainerSpec,
  closeState,
  configHash,
  planContainer,
} from './plan-container.ts';
import type { ClusterServices } from './planning.ts';

interface ClusterFacts {
  readonly file: ComposeFile;
  readonly services: ClusterServices;
  readonly composeProject: string;
  readonly folders: ClusterFolders;
  readonly ownership: Ownership;
  readonly imageNeeds: ImageNeeds;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Everything that a cluster consists of in Docker, as the Compose file has it: nothing is asked and nothing is made. */
export function planCluster(facts: ClusterFacts): ClusterSpec {
  const { file, services, composeProject, ownership } = facts;
  const ours = ownershipLabels(ownership);
  // Numbered nodes come last, so that another number of them changes nothing before them.
  const numbered = (role: NodeRole) => Number(roles[role].count === 'several');
  const nodes = clusterRoles
    .toSorted((a, b) => numbered(a) - numbered(b))
    .flatMap((role) => services[role] ?? []);
  const containers = nodes.flatMap((service) =>
    Array.from({ length: service.scale }, (_, index) =>
      finish(
        closeState(
          planContainer({ ...facts, projectFolder: ownership.projectFolder, service, number: index + 1 }),
          facts.folders,
          roles[service.role].writes.map((folder) => facts.folders[folder]),
        ),
        facts,
      ),
    ),
  );
  const usedNetworks = new Set(nodes.flatMap(({ networks }) => networks));
  const usedVolumes = new Set(
    Object.values(services).flatMap((service) => service?.volumes.map(({ source }) => source) ?? []),
  );
  return {
    cluster: ownership.cluster,
    composeProject,
    containers,
    networks: Object.entries(file.networks)
      .filter(([name]) => usedNetworks.has(name))
      .map(([name, { driver, internal }]) => ({
        name: objectName(composeProject, name),
        ...(driver === undefined ? {} : { driver }),
        ...(internal === undefined ? {} : { internal }),
        labels: { ...networkLabels(composeProject, name), ...ours },
      })),
    volumes: Object.entries(file.volumes)
      .filter(([name]) => usedVolumes.has(name))
      .map(([name, { driver }]) => ({
        name: objectName(composeProject, name),
        ...(driver === undefined ? {} : { driver }),
        labels: { ...volumeLabels(composeProject, name), ...ours },
      })),
  };
}

/** Adds what depends on the image, the fingerprint, and last what may differ between two otherwise equal containers: whose it is. */
export function finish(
  spec: ContainerSpec,
  { ownership, imageNeeds }: Pick<ClusterFacts, 'ownership' | 'imageNeeds'>,
): ContainerSpec {
  const adapted = adaptToImage(spec, imageNeeds);
  const ephemeral = String(ownership.ephemeral);
  const hash = configHash({ ...adapted, labels: { ...adapted.labels, ephemeral } });
  return {
    ...adapted,
    labels: { ...adapted.labels, [composeLabel.configHash]: hash, ...ownershipLabels(ownership) },
  };
}

export interface Difference {
  readonly remove: readonly FoundContainer[];
  readonly create: readonly ContainerSpec[];
}

/** The containers to remove and to make so that a cluster is as planned. Drivers belong to their runs and are left alone. */
export function compareCluster(spec: ClusterSpec, found: readonly FoundContainer[]): Difference {
  const nodes = found.filter(
    ({ role, composeProject }) => clusterRoles.includes(role) && composeProject === spec.composeProject,
  );
  const fits = (container: FoundContainer) =>
    container.isRunning &&
    spec.containers.some(
      ({ node, labels }) =>
        node === container.node &&
        labels[composeLabel.configHash] === container.labels[composeLabel.configHash],
    );
  const kept = nodes.filter(fits);
  // Workers find another master only after a while, and lose what they knew: with the master everything is made again.
  const keep = kept.some(({ role }) => role === 'master') ? kept : [];
  return {
    remove: nodes.filter((container) => !keep.includes(container)),
    create: spec.containers.filter(({ node }) => !keep.some((container) => container.node === node)),
  };
}
