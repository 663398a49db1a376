import type { ContainerInspectInfo } from 'dockerode';
import { parseMemoryMb } from '../../spark/executor-demand.ts';
import { formatNumber } from '../../system/format-number.ts';
import type { ClusterStatus, NodeStatus } from '../cluster.ts';
import { connectLink, connectPort } from '../connect-server.ts';
import { clusterRoles, roles } from '../roles.ts';
import { httpGet, type MasterState, readMasterState, resourcesOf } from '../spark-pages.ts';
import { dockerRecords } from './cluster-record.ts';
import type { Daemon } from './daemon.ts';
import type { FoundContainer } from './find-containers.ts';
import { clusterFolders } from './folders/cluster-folders.ts';
import { label } from './plan/labels.ts';

/** The master's address inside of the cluster's network. */
export const masterUrl = 'spark://spark-master:7077';

/** The link that opens a container's page on this host. */
export function pageUrl({ role, hostPorts, isRunning }: FoundContainer): string | undefined {
  const port = isRunning ? hostPorts.get(roles[role].page.port) : undefined;
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}

/** The port of this host at which a Connect server takes calls. */
export function connectPortOf(container: FoundContainer | undefined): number | undefined {
  return container?.isRunning ? container.hostPorts.get(connectPort) : undefined;
}

/** Reads the state of a cluster: its containers from Docker, and its workers from the master. */
export async function clusterStatus(
  daemon: Daemon,
  project: string,
  name: string,
  containers: readonly FoundContainer[],
): Promise<ClusterStatus> {
  const record = await dockerRecords.read(project, name);
  const pageOf = (role: FoundContainer['role']) => {
    const found = containers.find((container) => container.role === role);
    return found === undefined ? undefined : pageUrl(found);
  };
  const [masterPage, historyPage] = [pageOf('master'), pageOf('history')];
  const master = masterPage === undefined ? undefined : await readMasterState(masterPage);
  const registered = master && addressesIn(master);
  const port = connectPortOf(containers.find(({ role }) => role === 'connect'));
  const tokenPath = clusterFolders(project, name).connectToken;
  const connect = await connectLink(port, tokenPath);
  const nodes = await Promise.all(
    containers.map((container) => nodeStatus(daemon, container, masterPage, registered ?? [])),
  );
  const workers = nodes.filter(({ role }) => roles[role].registers);
  const alive = workers.filter(({ state }) => state === 'registered').length;
  const wanted = record?.plan.workers ?? workers.length;
  const isWhole =
    registered !== undefined &&
    historyPage !== undefined &&
    alive === wanted &&
    nodes.every(isThere) &&
    (record?.plan.connect !== true || nodes.some(({ role }) => role === 'connect'));
  const { workerCores, workerMemoryMb } = record?.plan ?? (await workerSize(daemon, containers));
  return {
    name,
    backend: 'docker',
    state: isWhole ? 'running' : 'degraded',
    ephemeral: containers.some(({ labels }) => labels[label.ephemeral] === 'true'),
    master: masterUrl,
    workers: { wanted, alive },
    workerCores,
    workerMemoryMb,
    links: {
      master: masterPage ?? '',
      history: historyPage ?? '',
      ...(connect !== undefined && { connect }),
    },
    nodes,
    ...(master && { resources: resourcesOf(master) }),
  };
}

/** A driver that has ended does not make its cluster incomplete. */
function isThere({ role, state }: NodeStatus): boolean {
  return state !== 'gone' || !clusterRoles.includes(role);
}

async function nodeStatus(
  daemon: Daemon,
  container: FoundContainer,
  masterPage: string | undefined,
  registered: readonly string[],
): Promise<NodeStatus> {
  const { node: name, role, id, address } = container;
  const base = { name, role, id: id.slice(0, 12) };
  if (!container.isRunning) {
    const reason = await reasonOf(daemon, id);
    return { ...base, state: 'gone', ...(reason === undefined ? {} : { reason }) };
  }
  const ownPage = pageUrl(container);
  const url = roles[role].isApplication ? await driverPage(ownPage, masterPage) : ownPage;
  const isRegistered = roles[role].registers && address !== undefined && registered.includes(address);
  return { ...base, state: isRegistered ? 'registered' : 'running', ...(url === undefined ? {} : { url }) };
}

export async function reasonOf(daemon: Daemon, id: string): Promise<string | undefined> {
  try {
    const { State, HostConfig } = await daemon.ask('the state of a container', (docker) =>
      docker.getContainer(id).inspect(),
    );
    return whyGone(State, HostConfig.Memory ?? 0);
  } catch {
    // Removed meanwhile: then there is nothing to say of it.
    return undefined;
  }
}

/** The addresses of the workers that the master calls ALIVE; undefined when it does not answer. */
export async function registeredAddresses(
  masterPage: string | undefined,
  timeoutMs = 2_000,
): Promise<readonly string[] | undefined> {
  const state = masterPage === undefined ? undefined : await readMasterState(masterPage, timeoutMs);
  return state && addressesIn(state);
}

function addressesIn({ workers }: MasterState): readonly string[] {
  // A worker's id is worker-<date>-<address>-<port>.
  return workers.map(({ id }) => id.split('-').slice(2, -1).join('-'));
}

/** Of a cluster without a record, one that Compose made: what its workers were started with. */
async function workerSize(daemon: Daemon, containers: readonly FoundContainer[]) {
  const worker = containers.find(({ role }) => role === 'worker');
  const variables =
    worker === undefined
      ? []
      : (await daemon.ask('the state of a container', (docker) => docker.getContainer(worker.id).inspect()))
          .Config.Env;
  const value = (name: string) =>
    variables.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return {
    workerCores: Number(value('SPARK_WORKER_CORES')) || 1,
    workerMemoryMb: parseMemoryMb(value('SPARK_WORKER_MEMORY')) ?? 1024,
  };
}

/** A driver that has just started answers its first request slowly. */
const timeoutMs = 2_000;

/**
 * The link to a running driver's page. It lies behind the master's, and everything in it refers to that place, which is
 * read from there: at the driver's own port it would be without style and without links. Undefined while the driver
 * shows no page.
 */
async function driverPage(
  ownPage: string | undefined,
  masterPage: string | undefined,
): Promise<string | undefined> {
  if (ownPage === undefined || masterPage === undefined) return undefined;
  const page = (await httpGet(`${ownPage}${roles.driver.page.path}`, timeoutMs)) ?? '';
  const [, place] = /"(\/proxy\/app-[^/"]+\/)/.exec(page) ?? [];
  return place === undefined ? undefined : `${masterPage}${place}`;
}

type Facts = Pick<ContainerInspectInfo['State'], 'OOMKilled' | 'ExitCode' | 'Error'>;

/** In a clause, why a container does not run. */
export function whyGone({ OOMKilled, ExitCode, Error: problem }: Facts, memoryBytes: number): string {
  if (OOMKilled)
    return `it ran out of memory (limit ${formatNumber(Math.round(memoryBytes / 1024 ** 2))} MiB)`;
  if (problem) return `it could not be started: ${problem}`;
  if (ExitCode === 137) return 'it was killed (exit code 137)';
  if (ExitCode === 143) return 'it was told to end (exit code 143)';
  return `it ended with exit code ${ExitCode}`;
}
