import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { ClusterBackend } from '../backend.ts';
import { startClientDriver, takeUpClientDriver } from '../client-driver.ts';
import { reachMaster } from './reach-master.ts';

/** The external backend: a master that the person named, such as `spark://host:7077`, `yarn` or `local[2]`. The name of the cluster is the master's. */
export const externalBackend: ClusterBackend = {
  kind: 'external',
  usesInstallation: true,
  obstacle: async () => undefined,
  list: async () => [],
  reclaim: async () => [],

  async status(master, context) {
    const answered = await reachMaster(master, context);
    return {
      name: answered ?? master,
      backend: 'external',
      state: 'running',
      ephemeral: false,
      master,
      workers: { wanted: 0, alive: 0 },
      workerCores: 0,
      workerMemoryMb: 0,
      links: { master: '', history: '' },
      nodes: [],
    };
  },

  /** Its own options name the master, and its event logs go where they say. */
  connect: async () => ({ properties: {}, secrets: [] }),
  preview: async () => ({ properties: {}, secrets: [] }),

  async startDriver(master, launch, context) {
    // Spark in one JVM opens its ports to the network unless it is told an address.
    const isLocal = master.startsWith('local') && !context.environment['SPARK_LOCAL_IP'];
    const environment = isLocal ? { SPARK_LOCAL_IP: '127.0.0.1' } : {};
    const client = await startClientDriver(launch, context, { environment });
    if (launch.yarnTag === undefined) return client;
    const { followYarn } = await import('./follow-yarn.ts');
    return followYarn(client, launch.yarnTag, context);
  },

  // The client of a driver within YARN says less than the resource manager does, which has to be asked from the beginning on.
  takeUpDriver: async (_master, launch, context) =>
    launch.yarnTag === undefined ? await takeUpClientDriver(launch, context) : undefined,

  up: ({ name }) => Promise.reject(notOurs(name, 'started')),
  down: (name) => Promise.reject(notOurs(name, 'stopped')),
  scale: (name) => Promise.reject(notOurs(name, 'scaled')),
  // biome-ignore lint/correctness/useYield: there is nothing to yield
  async *logs(name) {
    throw notOurs(name, 'asked for its logs');
  },
};

function notOurs(master: string, what: string): SparkctlError {
  return new SparkctlError({
    code: 'external-cluster',
    category: 'usage',
    message: `The master ${master} was not started by sparkctl, and cannot be ${what} by it.`,
    hint: 'Use the tools of that cluster.',
  });
}
