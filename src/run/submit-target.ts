import type { ClusterBackend } from '../cluster/backend.ts';
import { startClientDriver } from '../cluster/client-driver.ts';
import type { ClusterConnection, DriverLaunch, RunningDriver } from '../cluster/driver.ts';
import { followYarn } from '../cluster/external/follow-yarn.ts';
import { reachMaster } from '../cluster/external/reach-master.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import type { BackendKind } from '../cluster/registry.ts';
import { loadBackend } from '../cluster/registry.ts';
import type { PhaseResult } from '../system/event.ts';
import { mustFit, type TargetChoice } from './choose-target.ts';
import type { RunJournal } from './run-journal.ts';

/** Where a run's driver goes. Disposing of it takes down a cluster that was made for the run alone. */
export interface SubmitTarget extends AsyncDisposable {
  /** Finds or starts the cluster; undefined for a master that the person named. */
  connect(): Promise<ClusterConnection | undefined>;
  startDriver(launch: DriverLaunch): Promise<RunningDriver>;
}

/** The target that was chosen, still to be started. */
export async function openTarget(
  choice: TargetChoice,
  journal: RunJournal,
  context: OperationContext,
): Promise<SubmitTarget> {
  switch (choice.kind) {
    case 'external':
      return externalTarget(choice, journal, context);
    case 'running': {
      const { name, backend: kind, master, workers, links } = choice.status;
      const backend = await loadBackend(kind);
      return clusterTarget(backend, name, journal, context, async () => {
        const reason = 'it is running';
        await journal.update({
          cluster: { name, backend: kind, master, workers: workers.alive, ephemeral: false, reason },
          links,
        });
        return { phase: 'cluster', backend: kind, name, was: 'running', workers, ephemeral: false };
      });
    }
    case 'new':
      return await newClusterTarget(choice, journal, context);
  }
}

function externalTarget(
  { master, reason, inYarn }: Extract<TargetChoice, { kind: 'external' }>,
  journal: RunJournal,
  context: OperationContext,
): SubmitTarget {
  return {
    connect: async () => {
      await journal.update({
        cluster: { name: master, backend: 'external', master, ephemeral: false, reason },
      });
      if (master === 'yarn' || /^\w+:\/\//.test(master)) {
        await journal.phase('cluster', async () => {
          const name = (await reachMaster(master, context)) ?? master;
          const result = {
            phase: 'cluster',
            backend: 'external',
            name,
            was: 'reached',
            ephemeral: false,
          } as const;
          return { value: undefined, result };
        });
      }
      await runtimePhase(journal, context);
      return undefined;
    },
    // Spark in one JVM opens its ports to the network unless it is told an address.
    startDriver: async (launch) => {
      const client = await startClientDriver(launch, context, {
        environment:
          master.startsWith('local') && !context.environment['SPARK_LOCAL_IP']
            ? { SPARK_LOCAL_IP: '127.0.0.1' }
            : {},
      });
      return inYarn ? followYarn(client, launch.runId, context) : client;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function newClusterTarget(
  { backend: kind, plan, reason, demand }: Extract<TargetChoice, { kind: 'new' }>,
  journal: RunJournal,
  context: OperationContext,
): Promise<SubmitTarget> {
  const backend = await loadBackend(kind);
  const { name, ephemeral } = plan;
  let begun = false;
  const target = clusterTarget(backend, name, journal, context, async () => {
    begun = true;
    const { status } = await backend.up(plan, context);
    // Where another run was faster, it is that one's cluster.
    mustFit(demand, status);
    const { master, links } = status;
    const workers = status.workers.alive;
    await journal.update({ cluster: { name, backend: kind, master, workers, ephemeral, reason }, links });
    const made = { backend: kind, name, was: 'started', reason, workers: status.workers, ephemeral } as const;
    return { phase: 'cluster', ...made };
  });
  if (!ephemeral) return target;
  return {
    ...target,
    [Symbol.asyncDispose]: async () => {
      if (!begun) return;
      // Whatever ended the run, also a Ctrl-C, the cluster goes: this must not listen to the run's own signal.
      const unhurried = { ...context, signal: new AbortController().signal };
      await journal.phase('cluster-down', async () => {
        const removed = await backend.down(name, unhurried);
        return { value: removed, result: { phase: 'cluster-down', removed } };
      });
    },
  };
}

function clusterTarget(
  backend: ClusterBackend,
  name: string,
  journal: RunJournal,
  context: OperationContext,
  findOrStart: () => Promise<PhaseResult>,
): SubmitTarget {
  const usesRuntime: Readonly<Record<BackendKind, boolean>> = { local: true, docker: false, external: true };
  return {
    connect: async () => {
      if (usesRuntime[backend.kind]) await runtimePhase(journal, context);
      await journal.phase('cluster', async () => ({ value: undefined, result: await findOrStart() }));
      return await backend.connect(name, context);
    },
    startDriver: (launch) => backend.startDriver(name, launch, context),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function runtimePhase(journal: RunJournal, context: OperationContext): Promise<void> {
  await journal.phase('runtime', async () => {
    const versions = await context.spark.versions();
    await journal.update({ versions: { ...journal.record.versions, ...versions } });
    return { value: undefined, result: { phase: 'runtime', ...versions } };
  });
}
