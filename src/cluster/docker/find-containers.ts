import type { ContainerInfo } from 'dockerode';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { noCluster } from '../cluster-folder.ts';
import type { OperationContext } from '../operation-context.ts';
import { type NodeRole, nodeName, roleNames } from '../roles.ts';
import { type ClusterRecord, dockerRecords } from './cluster-record.ts';
import type { Daemon } from './daemon.ts';
import type { ReadyImage } from './image/ensure-image.ts';
import { composeLabel, label, placeOf } from './plan/labels.ts';

/** A container of a cluster of this project, as Docker has it now. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly role: NodeRole;
  readonly composeProject: string;
  /** The cluster's name, in the words of a person. */
  readonly cluster: string;
  readonly isRunning: boolean;
  readonly address: string | undefined;
  /** The ports of the host, by the container's. */
  readonly hostPorts: ReadonlyMap<number, number>;
  readonly labels: Readonly<Record<string, string>>;
}

/** All containers of a project's clusters, those that Compose made by itself from the same folder among them. */
export async function findContainers(
  daemon: Daemon,
  projectFolder: string,
): Promise<readonly FoundContainer[]> {
  const all = await daemon.ask('the list of containers', (docker) =>
    docker.listContainers({ all: true, filters: { label: [label.role] } }),
  );
  return all.flatMap((info) => describe(info, projectFolder) ?? []);
}

export async function findCluster(
  daemon: Daemon,
  projectFolder: string,
  cluster: string,
): Promise<readonly FoundContainer[]> {
  const found = (await findContainers(daemon, projectFolder)).filter(
    (container) => container.cluster === cluster,
  );
  return found.sort((a, b) => order(a) - order(b) || numberOf(a) - numberOf(b));
}

function describe(info: ContainerInfo, projectFolder: string): FoundContainer | undefined {
  const { Labels: labels } = info;
  const place = placeOf(labels, projectFolder);
  if (place === undefined) return undefined;
  const { role } = place;
  const number = labels[composeLabel.number] ?? '1';
  const published = (info.Ports ?? []).filter(({ PublicPort }) => PublicPort);
  return {
    id: info.Id,
    name: (info.Names[0] ?? info.Id).replace(/^\//, ''),
    node: nodeName(role, labels[label.run] ?? number),
    ...place,
    isRunning: info.State === 'running',
    address: Object.values(info.NetworkSettings?.Networks ?? {})[0]?.IPAddress || undefined,
    hostPorts: new Map(published.map(({ PrivatePort, PublicPort }) => [PrivatePort, PublicPort])),
    labels,
  };
}

function order({ role }: FoundContainer): number {
  return roleNames.indexOf(role);
}

function numberOf({ labels }: FoundContainer): number {
  return Number(labels[composeLabel.number] ?? 0);
}

/** The containers of a cluster that must be there. */
export async function existingCluster(
  daemon: Daemon,
  name: string,
  { project }: Pick<OperationContext, 'project'>,
): Promise<readonly FoundContainer[]> {
  const containers = await findCluster(daemon, project, name);
  if (containers.length > 0) return containers;
  throw noCluster(name, project, `--backend docker --cluster ${name}`);
}

/** A cluster that must be there, and that sparkctl made. */
export async function knownCluster(
  daemon: Daemon,
  name: string,
  context: Pick<OperationContext, 'project'>,
): Promise<{ readonly record: ClusterRecord; readonly containers: readonly FoundContainer[] }> {
  const containers = await existingCluster(daemon, name, context);
  const record = await dockerRecords.read(context.project, name);
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
