import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { waitUntil } from '../../../system/processes/wait-until.ts';
import type { BackendContext } from '../../backend.ts';
import { historyAnswers } from '../../master-state.ts';
import { lastLogLines } from '../containers/container-logs.ts';
import { type FoundContainer, findCluster } from '../containers/find-containers.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import { masterUrl, pageUrl, reasonOf, registeredAddresses } from './cluster-status.ts';

/** How long a cluster may take until all of it answers. */
const readyTimeoutMs = 120_000;
const askTimeoutMs = 1_000;

/**
 * Waits until the master answers, has every worker as ALIVE, and the history server answers: what a user would do with
 * them, not what Docker thinks of them. A container that ends meanwhile is reported at once.
 */
export async function waitUntilReady(
  daemon: Daemon,
  name: string,
  context: BackendContext,
): Promise<readonly FoundContainer[]> {
  let told = '';
  let containers: readonly FoundContainer[] = [];
  let missing: readonly FoundContainer[] = [];
  const ended = await waitUntil(
    async () => {
      containers = (await findCluster(daemon, context.project, name)).filter(({ role }) => role !== 'driver');
      const gone = containers.find(({ isRunning }) => !isRunning);
      if (gone !== undefined) return gone;
      missing = await notReady(containers);
      const nodes = missing.map(({ node }) => node);
      if (nodes.length > 0 && nodes.join() !== told) context.emit({ kind: 'waiting-for-nodes', nodes });
      told = nodes.join();
      return missing.length === 0 ? ('ready' as const) : undefined;
    },
    { timeoutMs: readyTimeoutMs, intervalMs: 100, signal: context.signal },
  );
  if (ended === 'ready') return containers;
  throw await notReadyError(daemon, ended, missing);
}

async function notReady(containers: readonly FoundContainer[]): Promise<readonly FoundContainer[]> {
  const master = containers.find(({ role }) => role === 'master');
  const [registered, history] = await Promise.all([
    registeredAddresses(master === undefined ? undefined : pageUrl(master), askTimeoutMs),
    Promise.all(
      containers
        .filter(({ role }) => role === 'history')
        .map(pageUrl)
        .map(async (page) => page !== undefined && (await historyAnswers(page, askTimeoutMs))),
    ),
  ]);
  return containers.filter(({ role, address }) => {
    if (role === 'master') return registered === undefined;
    if (role === 'history') return !history.every(Boolean);
    return address === undefined || registered?.includes(address) !== true;
  });
}

async function notReadyError(
  daemon: Daemon,
  ended: FoundContainer | undefined,
  missing: readonly FoundContainer[],
): Promise<SparkctlError> {
  const culprit = ended ?? missing[0];
  if (culprit === undefined) throw new Error('a cluster that is not ready has a node that is not');
  const log = await lastLogLines(daemon, culprit.id, 8);
  const seconds = readyTimeoutMs / 1000;
  const what =
    ended !== undefined
      ? `${culprit.node} ended before the cluster was ready: ${(await reasonOf(daemon, culprit.id)) ?? 'it was removed'}`
      : culprit.role === 'worker'
        ? `${culprit.node} never registered with ${masterUrl} (waited ${seconds} s)`
        : `${culprit.node} did not answer at ${pageUrl(culprit) ?? 'its port'} (waited ${seconds} s)`;
  return new SparkctlError({
    code: 'node-not-ready',
    category: 'cluster',
    message: `${what}. Its log ends:\n${log}`,
    hint: what.includes('out of memory')
      ? 'Nothing of it is left. Raise mem_limit in docker-compose.yml, or ask for smaller workers (--worker-memory).'
      : 'What was started was removed again. If the machine is busy or short of memory, ask for fewer or smaller workers (--workers, --worker-memory).',
    details: { node: culprit.node, missing: missing.map(({ node }) => node) },
  });
}
