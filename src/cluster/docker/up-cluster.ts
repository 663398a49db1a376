import type { UpOutcome } from '../backend.ts';
import type { ClusterPlan, ClusterStatus } from '../cluster.ts';
import { mustBeUnused } from '../lock-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import { type ClusterRecord, dockerRecords } from './cluster-record.ts';
import { removeContainer } from './containers.ts';
import { connectDocker, type Daemon, dockerMachine, requireLocal } from './daemon.ts';
import { clusterStatus } from './docker-status.ts';
import { findCluster, imageOf, knownCluster } from './find-containers.ts';
import { prepareFolders, writeComposeVariables, writeSupportFiles } from './folders/cluster-folders.ts';
import { type ContainerUser, containerUser, openProject } from './folders/container-user.ts';
import { ensureImage, type ReadyImage } from './image/ensure-image.ts';
import { makeCluster } from './make-cluster.ts';
import { requireMemory } from './plan/memory-limits.ts';
import { compareCluster, planCluster } from './plan/plan-cluster.ts';
import { type Planning, planningOf } from './plan/planning.ts';
import { removeCluster } from './remove-cluster.ts';

/** Makes a cluster as planned, or brings the one of that name to the plan. On failure nothing of it is left. */
export async function upCluster(plan: ClusterPlan, context: OperationContext): Promise<UpOutcome> {
  const daemon = await connectDocker(context.environment);
  requireLocal(daemon);
  const machine = await dockerMachine(daemon);
  requireMemory(plan, machine.memoryMb);
  const user = hostContainerUser(machine.isRootless);
  // A mistake in the Compose file is found before anything is changed.
  const sketch = await planningOf(plan, user, undefined, context);
  await openProject(context.project, user, context.emit);
  const image = await ensureImage(daemon, sketch.file, sketch.services, context);
  context.signal.throwIfAborted();
  const planning = await planningOf(plan, user, image, context);
  const spec = planCluster(planning);
  const found = await findCluster(daemon, context.project, plan.name);
  const difference = compareCluster(spec, found);
  const changes = difference.remove.length + difference.create.length > 0;
  if (found.length > 0 && changes) await mustBeUnused(plan.name, context);
  try {
    await writeFiles(plan, planning, user, image, context);
    const { containers, changed } = await makeCluster(daemon, spec, difference, context, () => {});
    return { status: await clusterStatus(daemon, context.project, plan.name, containers), changed };
  } catch (error) {
    await rollBack(daemon, plan, context);
    throw error;
  }
}

/** The user that containers run as, seen from this process. */
export function hostContainerUser(isRootless: boolean): ContainerUser {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  const known = uid === undefined || gid === undefined ? {} : { uid, gid };
  return containerUser({ ...known, isRootless }, process.platform);
}

async function writeFiles(
  plan: ClusterPlan,
  planning: Planning,
  user: ContainerUser,
  image: ReadyImage,
  context: OperationContext,
): Promise<void> {
  await prepareFolders(context.project, planning.folders, user, plan);
  await writeComposeVariables(planning.folders.composeVariables, planning.variables);
  if (image.flavour.kind === 'foreign') await writeSupportFiles(planning.folders.support, user.uid);
  await dockerRecords.write(context.project, recordOf(plan, image, user));
}

function recordOf(plan: ClusterPlan, { name, flavour }: ReadyImage, { uid }: ContainerUser): ClusterRecord {
  return {
    schemaVersion: 1,
    backend: 'docker',
    plan: { ...plan },
    image: name,
    ...(flavour.kind === 'foreign' ? { sparkHome: flavour.sparkHome } : {}),
    uid,
  };
}

/** Removes what was made. The error that led here is the one that is thrown; a failure of the clean-up is only emitted. */
async function rollBack(
  daemon: Daemon,
  { name, ephemeral }: ClusterPlan,
  context: OperationContext,
): Promise<void> {
  try {
    await removeCluster(daemon, name, context, { keepEvents: !ephemeral });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.emit({ kind: 'cluster-left', cluster: name, reason });
  }
}

/** Adds or removes workers. When that fails, only what was added is taken away again: the cluster was there before. */
export async function scaleCluster(
  name: string,
  workers: number,
  context: OperationContext,
): Promise<ClusterStatus> {
  const daemon = await connectDocker(context.environment);
  const { record, containers } = await knownCluster(daemon, name, context);
  const plan = { ...record.plan, workers };
  requireMemory(plan, (await dockerMachine(daemon)).memoryMb);
  const planning = await planningOf(plan, record, imageOf(record), context, containers);
  const added: string[] = [];
  try {
    await dockerRecords.write(context.project, { ...record, plan });
    const spec = planCluster(planning);
    const difference = compareCluster(spec, containers);
    const made = await makeCluster(daemon, spec, difference, context, (id) => added.push(id));
    await writeComposeVariables(planning.folders.composeVariables, planning.variables);
    return await clusterStatus(daemon, context.project, name, made.containers);
  } catch (error) {
    await dockerRecords.write(context.project, record);
    await Promise.allSettled(added.map((id) => removeContainer(daemon, id, 0)));
    throw error;
  }
}
