import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../system/files/write-file.ts';
import { sparkctlVersion } from '../../system/package.ts';
import { sparkLogPath } from '../driver.ts';
import { containerPropertiesPath } from '../driver-files.ts';
import type { OperationContext } from '../operation-context.ts';
import { roles } from '../roles.ts';
import { launchMadeWith } from '../standby/made-with.ts';
import type { StandbyFolder } from '../standby/standby-folder.ts';
import type { StandbyKeeper, StandbyLaunch } from '../standby/standby-keeper.ts';
import { removeContainer, startContainer } from './containers.ts';
import { connectDocker, type Daemon, dockerMachine } from './daemon.ts';
import { masterUrl } from './docker-status.ts';
import { deliverOutput, driverProperties, followDriver, followFromBeginning } from './drivers.ts';
import { type FoundContainer, findCluster, imageOf, knownCluster } from './find-containers.ts';
import { clusterFolders, prepareRun } from './folders/cluster-folders.ts';
import type { ContainerUser } from './folders/container-user.ts';
import { may, shareOwn } from './folders/share-with-group.ts';
import { label } from './plan/labels.ts';
import { type ContainerSpec, configHash } from './plan/plan-container.ts';
import { planDriver } from './plan/plan-driver.ts';
import { planningOf } from './plan/planning.ts';
import { hostContainerUser } from './up-cluster.ts';

/** The standby's program in the image, or among the files that a foreign image is given. */
const program = '/opt/sparkctl/standby.py';
/** The page of the master, as containers see it. */
const masterPage = `http://${new URL(masterUrl).hostname}:${roles.master.page.port}`;
const graceMs = 3_000;

/** Standby drivers as containers of a cluster. */
export const dockerStandbys: StandbyKeeper = {
  backend: 'docker',

  async madeWith(cluster, launch, context) {
    const daemon = await connectDocker(context.environment);
    const standby = { id: 'standby', path: join(context.project, 'standby') };
    const { spec } = await planStandby(daemon, cluster, standby, launch, 0, undefined, context);
    return {
      ...(await launchMadeWith(launch)),
      // The process that made it, which its labels name, is nothing that a run depends on.
      container: configHash({ ...spec, labels: {} }),
      sparkctl: sparkctlVersion,
    };
  },

  async start(cluster, standby, launch, idleMs, context) {
    const daemon = await connectDocker(context.environment);
    await writeAtomically(join(standby.path, 'variables.json'), '[]');
    const { user } = await facts(daemon, cluster, context);
    const properties = await driverProperties(
      { propertiesFiles: launch.propertiesFiles, secretProperties: {}, runId: standby.id },
      clusterFolders(context.project, cluster),
      user,
    );
    const { spec } = await planStandby(daemon, cluster, standby, launch, idleMs, properties.path, context);
    if (user.access === 'group') {
      await shareOwn(context.project, dirname(standby.path), may.pass, user);
      await shareOwn(context.project, standby.path, may.all, user);
      for (const file of [join(standby.path, 'variables.json'), sparkLogPath(standby.path)])
        await shareOwn(context.project, file, may.write, user);
    }
    await startContainer(daemon, spec, context.emit);
  },

  async lives(cluster, standby, context) {
    const daemon = await connectDocker(context.environment);
    return (await containerOf(daemon, cluster, standby, context))?.isRunning === true;
  },

  async follow(cluster, standby, launch, context) {
    const daemon = await connectDocker(context.environment);
    const found = await containerOf(daemon, cluster, standby, context);
    if (found === undefined) throw new Error('its container is gone');
    const { user } = await facts(daemon, cluster, context);
    await prepareRun(context.project, launch, user, context.emit);
    const stream = await daemon.ask('the output of the driver', (docker) =>
      docker.getContainer(found.id).attach({ stream: true, stdout: true, stderr: true, logs: true }),
    );
    const output = deliverOutput(stream, launch);
    output.catch(() => {});
    return followDriver(daemon, found.id, output, () => removeProperties(cluster, standby, context));
  },

  async takeUp(cluster, standby, launch, context) {
    const daemon = await connectDocker(context.environment);
    const found = await containerOf(daemon, cluster, standby, context);
    const release = () => removeProperties(cluster, standby, context);
    return found && (await followFromBeginning(daemon, found.id, launch, release));
  },

  // The variables of a container are the Compose file's, for every driver alike.
  environment: async () => undefined,

  async share(cluster, _standby, file, context) {
    const daemon = await connectDocker(context.environment);
    const { user } = await facts(daemon, cluster, context);
    if (user.access === 'group') await shareOwn(context.project, file, may.read, user);
  },

  async end(cluster, standby, context) {
    const daemon = await connectDocker(context.environment);
    const found = await containerOf(daemon, cluster, standby, context);
    if (found !== undefined) await removeContainer(daemon, found.id, graceMs);
    await removeProperties(cluster, standby, context);
  },
};

async function removeProperties(
  cluster: string,
  { id }: StandbyFolder,
  { project }: OperationContext,
): Promise<void> {
  await rm(containerPropertiesPath(clusterFolders(project, cluster).cluster, id), { force: true });
}

async function containerOf(
  daemon: Daemon,
  cluster: string,
  { id }: StandbyFolder,
  { project }: OperationContext,
): Promise<FoundContainer | undefined> {
  const containers = await findCluster(daemon, project, cluster);
  return containers.find(({ labels }) => labels[label.standby] === id);
}

async function facts(daemon: Daemon, cluster: string, context: OperationContext) {
  const { record } = await knownCluster(daemon, cluster, context);
  const machine = await dockerMachine(daemon);
  const user: ContainerUser = { ...hostContainerUser(machine.isRootless), uid: record.uid };
  return { record, machine, user };
}

/** The container of a standby: a driver's, which may write to what runs that are still to come make. */
async function planStandby(
  daemon: Daemon,
  cluster: string,
  standby: StandbyFolder,
  { warm, workingFolder }: Pick<StandbyLaunch, 'warm' | 'workingFolder'>,
  idleMs: number,
  propertiesPath: string | undefined,
  context: OperationContext,
): Promise<{ readonly spec: ContainerSpec }> {
  const { record, machine, user } = await facts(daemon, cluster, context);
  const planning = await planningOf(record.plan, user, imageOf(record), context);
  const { connect } = planning.services;
  const pages = connect === undefined ? [] : [`http://${connect.name}:${roles.connect.page.port}`];
  const own = [program, standby.path, String(idleMs / 1000), masterPage, ...pages];
  const launch = {
    runId: standby.id,
    runFolder: standby.path,
    sparkSubmitArguments: [...warm.options, ...own],
    workingFolder,
  };
  const spec = planDriver({
    ...planning,
    launch,
    writes: [planning.folders.runs, standby.path],
    machineMb: machine.memoryMb,
    ...(propertiesPath === undefined ? {} : { propertiesPath }),
  });
  return { spec: { ...spec, labels: { ...spec.labels, [label.standby]: standby.id } } };
}
