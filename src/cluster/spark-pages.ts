import { get } from 'node:http';
import { z } from 'zod';
import { parseJson } from '../system/files/read-json.ts';
import type { ClusterResources } from './cluster.ts';
import { type NodeRole, roles } from './roles.ts';

/**
 * The body of a page that answers with 200, or undefined. Node's `fetch` is not used: when a connection is closed before
 * an answer, as Docker does while a container's port is not open yet, its promise never settles, and nothing keeps the
 * process alive meanwhile (seen with Node 20).
 */
export async function httpGet(url: string, timeoutMs: number): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const give = (answer?: string) => {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => give(), timeoutMs);
    const request = get(url, { agent: false, headers: { connection: 'close' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', () => give());
      response.once('end', () =>
        give(response.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined),
      );
    });
    request.once('error', () => give());
  });
}

const masterJson = z.object({
  status: z.string(),
  url: z.string(),
  workers: z.array(
    z.object({
      id: z.string(),
      webuiaddress: z.string(),
      state: z.string(),
      cores: z.number(),
      coresfree: z.number(),
      memory: z.number(),
      memoryfree: z.number(),
    }),
  ),
  activeapps: z.array(
    z.object({ id: z.string(), name: z.string(), cores: z.number(), memoryperexecutor: z.number() }),
  ),
});

/** The state of a standalone master and of its workers that are ALIVE, from `/json/`. */
export type MasterState = z.output<typeof masterJson>;

/** Asks a master's web port; undefined while it does not answer or is not ALIVE. */
export async function readMasterState(webUrl: string, timeoutMs = 2_000): Promise<MasterState | undefined> {
  const text = await httpGet(`${webUrl}/json/`, timeoutMs).catch(() => undefined);
  const state = text === undefined ? undefined : parseJson(text, masterJson);
  if (state?.kind !== 'value' || state.value.status !== 'ALIVE') return undefined;
  return { ...state.value, workers: state.value.workers.filter((worker) => worker.state === 'ALIVE') };
}

/** Sums up what the workers of a master have, and which applications hold or await it. Memory is in MiB. */
export function resourcesOf({ workers, activeapps }: MasterState): ClusterResources {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  return {
    cores: sum(workers.map(({ cores }) => cores)),
    freeCores: sum(workers.map(({ coresfree }) => coresfree)),
    memoryMb: sum(workers.map(({ memory }) => memory)),
    freeMemoryMb: workers.map(({ memoryfree }) => memoryfree),
    applications: activeapps.map(({ id, name, cores, memoryperexecutor }) => ({
      id,
      name,
      cores,
      executorMemoryMb: memoryperexecutor,
    })),
  };
}

/** Tells whether the page of a node answers. */
export async function pageAnswers(role: NodeRole, webUrl: string, timeoutMs = 2_000): Promise<boolean> {
  return (await httpGet(`${webUrl}${roles[role].page.path}`, timeoutMs)) !== undefined;
}
