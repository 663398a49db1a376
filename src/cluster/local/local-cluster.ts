import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProperty } from '../../spark/java-properties.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../../system/errors/system-error.ts';
import type { Emit } from '../../system/event.ts';
import { ownIdentity } from '../../system/processes/process-identity.ts';
import { endMarked } from '../../system/processes/process-mark.ts';
import type { StartedDaemon } from '../../system/processes/start-daemon.ts';
import { allOrNone, waitUntil } from '../../system/processes/wait-until.ts';
import type { ClusterPlan } from '../cluster.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { connectPort, takesCalls } from '../connect-server.ts';
import { choosePort, loopback } from '../free-port.ts';
import { logEnd, mostLogLines } from '../log-end.ts';
import type { OperationContext } from '../operation-context.ts';
import { isAwaited, nodeName, roles, singleRoles } from '../roles.ts';
import { pageAnswers, readMasterState } from '../spark-pages.ts';
import { standbyFiles, standbyFolders } from '../standby/standby-folder.ts';
import { type LocalClusterRecord, type LocalNodeRecord, localRecords } from './local-cluster-record.ts';
import {
  connectOf,
  connectTokenPath,
  masterUrl,
  nodeLogPath,
  nodeOf,
  nodeUrl,
  secretPath,
  startNode,
  workersOf,
} from './local-node.ts';
import { localStandbys } from './local-standbys.ts';

/** The time that the JVMs of a cluster may take until they answer. */
const readyTimeoutMs = 90_000;
/** The number of attempts with other ports when one was taken between the choice and the start. */
const portAttempts = 3;

/** Another program took a port between its choice and its use. */
class PortWasTaken extends SparkctlError {
  constructor(node: string) {
    super({
      code: 'port-taken',
      category: 'temporary',
      message: `Another program took a port of ${node} while it started.`,
      hint: 'Try again. Many clusters that start at the same time can take each other their ports.',
      details: { node },
    });
  }
}

/** Starts a cluster that has no record yet; on failure nothing of it is left. */
export async function startLocalCluster(
  plan: ClusterPlan,
  context: OperationContext,
): Promise<LocalClusterRecord> {
  try {
    return await withOtherPorts(
      () => startOnce(plan, context),
      () => stopLocalCluster(plan.name, context, { keepEvents: !plan.ephemeral }),
    );
  } catch (error) {
    throw wrapWriteError(error, `The cluster's folder`);
  }
}

/** Starts nodes, again on ports chosen anew when another program was faster. `undo` leaves nothing of a failed attempt. */
export async function withOtherPorts<Started>(
  start: () => Promise<Started>,
  undo: () => Promise<unknown>,
): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      await undo();
      if (!(error instanceof PortWasTaken) || attempt === portAttempts) throw error;
    }
  }
}

async function startOnce(plan: ClusterPlan, context: OperationContext): Promise<LocalClusterRecord> {
  const record = await newRecord(plan, context);
  await prepareFolder(record, context);
  await localRecords.write(context.project, record);
  const callsMaster = ({ role }: LocalNodeRecord) => roles[role].registers || roles[role].isApplication;
  const others = record.nodes.filter((node) => !callsMaster(node));
  await allOrNone(context.signal, [
    (signal) => startNodes(record, others, { ...context, signal }),
    async (signal) => {
      // A worker or driver that misses the master tries again only after 5 to 20 seconds. The master's port opens long before its page.
      const master = nodeOf(record, 'master');
      const opens = async () => (await hasPort(master, record.masterPort, record, context)) || undefined;
      await waitUntil(opens, { timeoutMs: readyTimeoutMs, signal });
      await startNodes(record, record.nodes.filter(callsMaster), { ...context, signal });
    },
  ]);
  return record;
}

/**
 * Tells whether a node has taken a port, by its own log. To ask the port is not enough: there may answer a node of another
 * cluster, which has chosen the same ports at the same time and was faster.
 */
async function hasPort(
  { name }: LocalNodeRecord,
  port: number,
  record: LocalClusterRecord,
  { project }: Pick<OperationContext, 'project'>,
): Promise<boolean> {
  const log = await readFile(nodeLogPath(project, record.name, name), 'utf8').catch(() => '');
  return new RegExp(` started service '\\w+' on port ${port}\\.$`, 'm').test(log);
}

/** Starts nodes that stand in the written record already, and waits until those are ready that are awaited. */
export async function startNodes(
  record: LocalClusterRecord,
  nodes: readonly LocalNodeRecord[],
  context: OperationContext,
): Promise<void> {
  const isForOneRun = record.ephemeral && context.run !== undefined;
  await allOrNone(
    context.signal,
    nodes.map((node) => async (signal) => {
      const daemon = await startNode(record, node, { ...context, signal });
      if (isAwaited(node.role, isForOneRun)) await untilReady(node, daemon, record, { ...context, signal });
    }),
  );
}

async function isReady(
  node: LocalNodeRecord,
  record: LocalClusterRecord,
  context: Pick<OperationContext, 'project'>,
): Promise<boolean> {
  const { role, grpcPort } = node;
  if (!(await hasPort(node, node.webPort, record, context))) return false;
  if (grpcPort !== undefined) return await takesCalls(grpcPort);
  if (role !== 'master' && !roles[role].registers) return await pageAnswers(role, nodeUrl(node));
  const state = await readMasterState(nodeUrl(nodeOf(record, 'master')));
  if (role === 'master') return state?.url === masterUrl(record);
  return state?.workers.some(({ webuiaddress }) => webuiaddress === nodeUrl(node)) ?? false;
}

/** Waits until a node is ready, and says why when it cannot become so any more. */
async function untilReady(
  node: LocalNodeRecord,
  daemon: StartedDaemon,
  record: LocalClusterRecord,
  context: OperationContext,
): Promise<void> {
  const outcome = await waitUntil(
    async () => {
      if (daemon.exit() !== undefined) return 'ended' as const;
      return (await isReady(node, record, context)) || undefined;
    },
    { timeoutMs: readyTimeoutMs, signal: context.signal },
  );
  if (outcome === true) {
    context.emit({ kind: 'node-ready', node: node.name });
    return;
  }
  const logPath = nodeLogPath(context.project, record.name, node.name);
  const log = (await readFile(logPath, 'utf8').catch(() => '')).split('\n').slice(-mostLogLines);
  if (log.some((line) => line.includes('BindException'))) throw new PortWasTaken(node.name);
  const { exitCode, signal } = daemon.exit() ?? {};
  const ending = signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  const what =
    outcome === 'ended'
      ? `${node.name} ended before it was ready (${ending})`
      : roles[node.role].registers
        ? `${node.name} never registered with ${masterUrl(record)} (waited ${readyTimeoutMs / 1000} s)`
        : `${node.name} did not answer at ${node.grpcPort === undefined ? nodeUrl(node) : `${loopback}:${node.grpcPort}`} (waited ${readyTimeoutMs / 1000} s)`;
  throw new SparkctlError({
    code: 'node-not-ready',
    category: 'cluster',
    message: `${what}. Its log ends:\n${logEnd(log)}`,
    hint: 'The cluster was stopped again. If the machine is busy or short of memory, ask for fewer or smaller workers (--workers, --worker-memory).',
    details: { node: node.name, outcome: outcome ?? 'timeout' },
  });
}

async function newRecord(plan: ClusterPlan, context: OperationContext): Promise<LocalClusterRecord> {
  const owner = await ownIdentity();
  const reserved = new Set<number>();
  const port = async (usual: number, forWhat: string) => {
    const chosen = await choosePort(usual, reserved);
    reserved.add(chosen);
    if (chosen !== usual) context.emit({ kind: 'port-taken', port: usual, node: forWhat, used: chosen });
    return chosen;
  };
  const id = randomUUID();
  const masterPort = await port(7077, 'the master');
  const nodes: LocalNodeRecord[] = [];
  for (const role of singleRoles) {
    const { page } = roles[role];
    nodes.push({ name: role, role, mark: `${id}/${role}`, webPort: await port(page.port, page.name) });
  }
  const { name, ephemeral, workerCores, workerMemoryMb } = plan;
  const sizes = { workerCores, workerMemoryMb };
  return await withNodes(
    { schemaVersion: 1, backend: 'local', name, ephemeral, owner, masterPort, ...sizes, nodes },
    plan,
    context.emit,
  );
}

/** A record with as many workers as are wished, the oldest of those that are there, and with a Connect server or without. */
export async function withNodes(
  record: LocalClusterRecord,
  { workers, connect }: Pick<ClusterPlan, 'workers' | 'connect'>,
  emit: Emit,
): Promise<LocalClusterRecord> {
  const ports = record.nodes.flatMap(({ webPort, grpcPort = webPort }) => [webPort, grpcPort]);
  const reserved = new Set([record.masterPort, ...ports]);
  const freePort = async (usual: number) => {
    const chosen = await choosePort(usual, reserved);
    reserved.add(chosen);
    return chosen;
  };
  const present = workersOf(record);
  const taken = new Set(present.map(({ name }) => name));
  const added: LocalNodeRecord[] = [];
  for (let number = 1; present.length + added.length < workers; number++) {
    const name = nodeName('worker', number);
    if (taken.has(name)) continue;
    const webPort = await freePort(roles.worker.page.port);
    added.push({ name, role: 'worker', mark: `${randomUUID()}/${name}`, webPort });
  }
  if (connect && connectOf(record) === undefined) {
    const webPort = await freePort(roles.connect.page.port);
    const grpcPort = await freePort(connectPort);
    // It stands in the link, and so in programs of the person's.
    if (grpcPort !== connectPort)
      emit({ kind: 'port-taken', port: connectPort, node: 'the Connect server', used: grpcPort });
    added.push({ name: 'connect', role: 'connect', mark: `${randomUUID()}/connect`, webPort, grpcPort });
  }
  const leaving = new Set(present.slice(workers));
  const nodes = record.nodes.filter((node) => !leaving.has(node) && (connect || node.role !== 'connect'));
  return { ...record, nodes: [...nodes, ...added] };
}

async function prepareFolder(record: LocalClusterRecord, context: OperationContext): Promise<void> {
  const folder = clusterFolder(context.project, record.name);
  for (const part of ['logs', 'events', 'work', 'tmp'])
    await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  await rm(secretPath(context.project, record.name), { force: true });
  await writeFile(secretPath(context.project, record.name), randomBytes(32).toString('hex'), { mode: 0o600 });
  await rm(connectTokenPath(context.project, record.name), { force: true });
  const properties = {
    'spark.authenticate': 'true',
    'spark.network.crypto.enabled': 'true',
    'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
    // Spark opens the unauthenticated REST submission by default since 4.1.
    'spark.master.rest.enabled': 'false',
    // The pages have no login, and whoever can read one finds in it the token with which to end applications.
    'spark.ui.killEnabled': 'false',
    // Spark would take the next port silently, and the recorded one would belong to another program.
    'spark.port.maxRetries': '0',
    // Relative to the folder in which daemons work: an absolute path may hold a comma, at which Spark would cut it.
    'spark.history.fs.logDirectory': 'events',
    'spark.history.fs.update.interval': '2s',
    'spark.history.ui.port': String(nodeOf(record, 'history').webPort),
    'spark.worker.cleanup.enabled': 'true',
  };
  const lines = Object.entries(properties).map(([key, value]) => `${formatProperty(key, value)}\n`);
  await writeFile(join(folder, 'daemon.properties'), lines.join(''), { mode: 0o600 });
}

/** The time that a JVM may take to end by itself. */
export const nodeGraceMs = 4_000;

/**
 * Stops every node that the record names, and removes the record last, so that a stop that is interrupted can be
 * repeated. Event logs may stay, for the history server of the next cluster of that name.
 */
export async function stopLocalCluster(
  name: string,
  context: OperationContext,
  { keepEvents }: { readonly keepEvents: boolean },
): Promise<boolean> {
  const record = await localRecords.read(context.project, name);
  if (record === undefined) return false;
  const standbys = await standbyFolders(context.project, name);
  await Promise.all([
    ...record.nodes.map((node) => endMarked(node.mark, nodeGraceMs)),
    ...standbys.map((standby) => localStandbys.end(name, standby, context)),
  ]);
  const folder = clusterFolder(context.project, name);
  for (const part of ['work', 'tmp', 'daemon.properties', 'connect.properties', ...standbyFiles])
    await rm(join(folder, part), { recursive: true, force: true });
  for (const path of [secretPath, connectTokenPath]) await rm(path(context.project, name), { force: true });
  if (keepEvents) await rm(localRecords.path(context.project, name), { force: true });
  else await rm(folder, { recursive: true, force: true });
  return true;
}
