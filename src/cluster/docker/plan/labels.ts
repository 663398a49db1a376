import { createHash } from 'node:crypto';
import { type ProcessIdentity, processIdentity } from '../../../system/processes/process-identity.ts';
import { isRole, type NodeRole } from '../../roles.ts';

/**
 * Compose's project name of a cluster: all its objects carry it in their names and labels. The project folder is part
 * of it, so that two projects may both have a cluster called `default`.
 */
export function composeProject(cluster: string, projectFolder: string): string {
  return `${cluster}-${folderMark(projectFolder)}`;
}

/** The cluster's name in a Compose project name; one that Compose made by itself is called as Compose calls it. */
export function clusterOfComposeProject(name: string, projectFolder: string): string {
  const mark = `-${folderMark(projectFolder)}`;
  return name.endsWith(mark) ? name.slice(0, -mark.length) : name;
}

function folderMark(projectFolder: string): string {
  return createHash('sha256').update(projectFolder).digest('hex').slice(0, 8);
}

/** The file-system and Docker name of something that a Compose file calls `name`. */
export function objectName(project: string, name: string): string {
  return `${project}_${name}`;
}

/** `default-1a2b3c4d-spark-worker-2`, as Compose names its containers. */
export function containerName(project: string, service: string, number: number): string {
  return `${project}-${service}-${number}`;
}

/** Labels by which sparkctl finds what it made, also after it was killed: they are there from the first moment. */
export const label = {
  /** The project's folder. */
  project: 'sparkctl.project',
  cluster: 'sparkctl.cluster',
  /** Also in docker-compose.yml, so that clusters made by Compose are understood. */
  role: 'sparkctl.role',
  /** The run that a driver belongs to, or the id of one that waits for a run. */
  run: 'sparkctl.run',
  /** On a driver that was made to wait. */
  standby: 'sparkctl.standby',
  ephemeral: 'sparkctl.ephemeral',
  /** The sparkctl process that answers for an ephemeral cluster or a driver, and the place where its number counts. */
  ownerHost: 'sparkctl.owner.host',
  ownerBoot: 'sparkctl.owner.boot',
  ownerPidNamespace: 'sparkctl.owner.pid-namespace',
  ownerPid: 'sparkctl.owner.pid',
  ownerStartedAt: 'sparkctl.owner.started-at',
} as const;

/** Labels by which Compose recognises its objects, so that its `ps`, `logs` and `down` see ours. */
export const composeLabel = {
  project: 'com.docker.compose.project',
  workingFolder: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  version: 'com.docker.compose.version',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
} as const;

/** The value of `com.docker.compose.version`: a version of the format of these labels, as Compose 2 writes it. */
const composeVersion = '2.0.0';

/** The owner of a cluster or driver. */
export interface Ownership {
  readonly projectFolder: string;
  readonly cluster: string;
  readonly ephemeral: boolean;
  readonly owner: ProcessIdentity;
}

export function ownershipLabels({
  projectFolder,
  cluster,
  ephemeral,
  owner,
}: Ownership): Readonly<Record<string, string>> {
  return {
    [label.project]: projectFolder,
    [label.cluster]: cluster,
    [label.ephemeral]: String(ephemeral),
    ...(owner.host !== undefined && { [label.ownerHost]: owner.host }),
    ...(owner.boot !== undefined && { [label.ownerBoot]: owner.boot }),
    ...(owner.pidNamespace !== undefined && { [label.ownerPidNamespace]: owner.pidNamespace }),
    [label.ownerPid]: String(owner.pid),
    [label.ownerStartedAt]: owner.startedAt,
  };
}

interface ServiceFacts {
  readonly composeProject: string;
  readonly projectFolder: string;
  readonly composePath: string;
  readonly service: string;
  readonly number: number;
  readonly oneOff: boolean;
  readonly configHash: string;
}

export function serviceLabels(facts: ServiceFacts): Readonly<Record<string, string>> {
  return {
    [composeLabel.project]: facts.composeProject,
    [composeLabel.workingFolder]: facts.projectFolder,
    [composeLabel.configFiles]: facts.composePath,
    [composeLabel.service]: facts.service,
    [composeLabel.number]: String(facts.number),
    // Compose 1 and 2 both write these two words with a capital.
    [composeLabel.oneOff]: facts.oneOff ? 'True' : 'False',
    [composeLabel.configHash]: facts.configHash,
    [composeLabel.version]: composeVersion,
  };
}

export function networkLabels(composeProject: string, network: string): Readonly<Record<string, string>> {
  return {
    [composeLabel.project]: composeProject,
    [composeLabel.network]: network,
    [composeLabel.version]: composeVersion,
  };
}

export function volumeLabels(composeProject: string, volume: string): Readonly<Record<string, string>> {
  return {
    [composeLabel.project]: composeProject,
    [composeLabel.volume]: volume,
    [composeLabel.version]: composeVersion,
  };
}

/** The process that answers for an object, where its labels name one. */
export function ownerOf(labels: Readonly<Record<string, string>>): ProcessIdentity | undefined {
  const owner = processIdentity.safeParse({
    pid: Number(labels[label.ownerPid]),
    startedAt: labels[label.ownerStartedAt],
    host: labels[label.ownerHost],
    boot: labels[label.ownerBoot],
    pidNamespace: labels[label.ownerPidNamespace],
  });
  return owner.success ? owner.data : undefined;
}

/** The place of a container in a cluster. */
interface Place {
  readonly role: NodeRole;
  readonly composeProject: string;
  /** The cluster's name, in the words of a person. */
  readonly cluster: string;
}

/** The place that its labels give a container in a cluster of this project; undefined where it is in none. */
export function placeOf(labels: Readonly<Record<string, string>>, projectFolder: string): Place | undefined {
  const role = labels[label.role];
  const composeProject = labels[composeLabel.project];
  const folder = labels[label.project] ?? labels[composeLabel.workingFolder];
  if (!isRole(role) || composeProject === undefined || folder !== projectFolder) return undefined;
  const cluster = labels[label.cluster] ?? clusterOfComposeProject(composeProject, projectFolder);
  // It becomes a part of paths, and an image can bring labels of its own.
  return /^[a-z0-9][a-z0-9_-]*$/.test(cluster) ? { role, composeProject, cluster } : undefined;
}
