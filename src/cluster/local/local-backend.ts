import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { followFile } from '../../system/files/read-file.ts';
import { describePlace, livenessOf, whereIs } from '../../system/processes/process-identity.ts';
import { endMarked } from '../../system/processes/process-mark.ts';
import type { ClusterBackend } from '../backend.ts';
import { startClientDriver, takeUpClientDriver } from '../client-driver.ts';
import type { ClusterPlan } from '../cluster.ts';
import { clusterFolder, noCluster } from '../cluster-folder.ts';
import type { ClusterConnection } from '../driver.ts';
import { choosePort, loopback } from '../free-port.ts';
import { lockCluster, mustBeUnused } from '../lock-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import {
  nodeGraceMs,
  startLocalCluster,
  startNodes,
  stopLocalCluster,
  withNodes,
  withOtherPorts,
} from './local-cluster.ts';
import { type LocalClusterRecord, type LocalNodeRecord, localRecords } from './local-cluster-record.ts';
import { localClusterStatus } from './local-cluster-status.ts';
import { localDriver } from './local-driver.ts';
import { connectOf, masterUrl, nodeLogPath, nodeOf, nodeUrl, secretPath, workersOf } from './local-node.ts';
import { localStandbys } from './local-standbys.ts';

/** The embedded backend: master, workers and history server as processes of this user, on the loopback address. */
export const localBackend: ClusterBackend = {
  kind: 'local',
  usesInstallation: true,

  obstacle: ({ spark }) => spark.obstacle(),

  async up(plan, context) {
    await using _lock = await lockCluster(plan.name, context);
    const record = await ownRecord(plan.name, context);
    if (record !== undefined) {
      const status = await localClusterStatus(record, context);
      const isRunning = status.state === 'running';
      // A run takes what has come up meanwhile as it is, as it would have taken it a moment later.
      if (isRunning && (context.run !== undefined || samePlan(record, plan)))
        return { status, changed: false };
      await mustBeUnused(plan.name, context);
      if (isRunning && sameWorkers(record, plan)) {
        const changed = await change(record, plan, context);
        return { status: await localClusterStatus(changed, context), changed: true };
      }
    }
    await stopLocalCluster(plan.name, context, { keepEvents: true });
    return {
      status: await localClusterStatus(await startLocalCluster(plan, context), context),
      changed: true,
    };
  },

  async down(name, context) {
    await using _lock = await lockCluster(name, context);
    const record = await ownRecord(name, context);
    // A run takes down what was made for it alone.
    if (record !== undefined && context.run === undefined) await mustBeUnused(name, context);
    return await stopLocalCluster(name, context, { keepEvents: record?.ephemeral !== true });
  },

  async scale(name, workers, context) {
    await using _lock = await lockCluster(name, context);
    const record = await mustBeThere(name, context);
    if (workersOf(record).length !== workers) await mustBeUnused(name, context);
    const connect = connectOf(record) !== undefined;
    return await localClusterStatus(await change(record, { workers, connect }, context), context);
  },

  async status(name, context) {
    const record = await localRecords.read(context.project, name, context.emit);
    return record === undefined ? undefined : await localClusterStatus(record, context);
  },

  async list(context) {
    const records = await localRecords.list(context.project, context.emit);
    return await Promise.all(records.map((record) => localClusterStatus(record, context)));
  },

  async *logs(name, node, follow, context) {
    const record = await mustBeThere(name, context);
    if (!record.nodes.some((each) => each.name === node)) {
      throw new SparkctlError({
        code: 'unknown-node',
        category: 'usage',
        message: `Cluster ${name} has no node called ${node}.`,
        hint: `Its nodes are: ${record.nodes.map((each) => each.name).join(', ')}.`,
      });
    }
    yield* followFile(nodeLogPath(context.project, name, node), { follow }, context.signal);
  },

  async connect(name, context) {
    const record = await mustBeThere(name, context);
    const secret = await readFile(secretPath(context.project, name), 'utf8');
    return connection(
      masterUrl(record),
      secret,
      clusterFolder(context.project, name),
      nodeUrl(nodeOf(record, 'history')),
    );
  },

  async preview(plan, context) {
    const port = await choosePort(7077);
    return connection(`spark://${loopback}:${port}`, '', clusterFolder(context.project, plan.name));
  },

  async startDriver(name, launch, context) {
    const secret = await readFile(secretPath(context.project, name), 'utf8');
    return await startClientDriver(launch, context, {
      secret: {
        folder: clusterFolder(context.project, name),
        properties: { 'spark.authenticate.secret': secret },
      },
      ...localDriver,
    });
  },

  takeUpDriver: async (name, launch, context) =>
    await takeUpClientDriver(launch, context, clusterFolder(context.project, name)),

  standbys: localStandbys,

  async reclaim(context) {
    const reclaimed: string[] = [];
    for (const record of await localRecords.list(context.project)) {
      if (!(await isOrphan(record))) continue;
      const { name } = record;
      await using _lock = await lockCluster(name, context);
      // While the lock was waited for, somebody may have removed it and made another of that name.
      const now = await localRecords.read(context.project, name);
      if (now === undefined || !(await isOrphan(now))) continue;
      if (await stopLocalCluster(name, context, { keepEvents: false })) reclaimed.push(name);
    }
    return reclaimed;
  },
};

function connection(master: string, secret: string, folder: string, historyUrl?: string): ClusterConnection {
  const eventLogFolder = join(folder, 'events');
  return {
    master,
    properties: {
      'spark.authenticate': 'true',
      'spark.network.crypto.enabled': 'true',
      'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
      'spark.driver.host': loopback,
      'spark.driver.bindAddress': loopback,
      // sparkctl_io asks the workers whether they see the driver's folders, unless it is told so.
      'spark.sparkctl.sharedFiles': 'true',
      'spark.eventLog.enabled': 'true',
      'spark.eventLog.dir': pathToFileURL(eventLogFolder).href,
    },
    secrets: [secret],
    eventLogFolder,
    ...(historyUrl !== undefined && { historyUrl }),
  };
}

async function isOrphan({ ephemeral, owner }: LocalClusterRecord): Promise<boolean> {
  return ephemeral && (await livenessOf(owner)) === 'dead';
}

/** The record of a cluster that may be changed from here, where there is one. */
async function ownRecord(name: string, context: OperationContext): Promise<LocalClusterRecord | undefined> {
  const record = await localRecords.read(context.project, name, context.emit);
  if (record === undefined || (await whereIs(record.owner)) !== 'elsewhere') return record;
  throw new SparkctlError({
    code: 'cluster-elsewhere',
    category: 'cluster',
    message: `Cluster ${name} belongs to a sparkctl on ${describePlace(record.owner)}, and cannot be used or changed from here.`,
    hint: `Work with it there, or give yours another name with --cluster. If that place is gone for good, delete ${clusterFolder(context.project, name)}.`,
  });
}

async function mustBeThere(name: string, context: OperationContext): Promise<LocalClusterRecord> {
  const record = await ownRecord(name, context);
  if (record !== undefined) return record;
  throw noCluster(name, context.project, `--cluster ${name}`);
}

function samePlan(record: LocalClusterRecord, plan: ClusterPlan): boolean {
  const sameNodes =
    workersOf(record).length === plan.workers && (connectOf(record) !== undefined) === plan.connect;
  return sameNodes && sameWorkers(record, plan);
}

function sameWorkers(record: LocalClusterRecord, plan: ClusterPlan): boolean {
  return record.workerCores === plan.workerCores && record.workerMemoryMb === plan.workerMemoryMb;
}

/** Adds and removes nodes. Those that stay are not touched. */
async function change(
  record: LocalClusterRecord,
  wished: Pick<ClusterPlan, 'workers' | 'connect'>,
  context: OperationContext,
): Promise<LocalClusterRecord> {
  let added: readonly LocalNodeRecord[] = [];
  const changed = await withOtherPorts(
    async () => {
      const changed = await withNodes(record, wished, context.emit);
      added = changed.nodes.filter((node) => !record.nodes.includes(node));
      if (added.length === 0) return changed;
      await localRecords.write(context.project, { ...record, nodes: [...record.nodes, ...added] });
      await startNodes(record, added, context);
      return changed;
    },
    async () => {
      await Promise.all(added.map(({ mark }) => endMarked(mark, nodeGraceMs)));
      await localRecords.write(context.project, record);
    },
  );
  const leaving = record.nodes.filter((node) => !changed.nodes.includes(node));
  // Their record goes last, so that a stop that is interrupted can be repeated.
  await Promise.all(leaving.map(({ mark }) => endMarked(mark, nodeGraceMs)));
  await localRecords.write(context.project, changed);
  return changed;
}
