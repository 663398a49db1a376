import { z } from 'zod';
import { parseJson } from '../system/files/read-json.ts';
import { httpGet } from './http-get.ts';

const masterJson = z.object({
  status: z.string(),
  url: z.string(),
  workers: z.array(
    z.object({
      id: z.string(),
      webuiaddress: z.string(),
      state: z.string(),
      cores: z.number(),
      memory: z.number(),
    }),
  ),
  activeapps: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** What a standalone master says of itself and its workers at `/json/`. */
export type MasterState = z.output<typeof masterJson>;

/** Asks a master's web port; undefined while it does not answer or is not ALIVE. */
export async function readMasterState(webUrl: string, timeoutMs = 2_000): Promise<MasterState | undefined> {
  const text = await httpGet(`${webUrl}/json/`, timeoutMs).catch(() => undefined);
  const state = text === undefined ? undefined : parseJson(text, masterJson);
  return state?.kind === 'value' && state.value.status === 'ALIVE' ? state.value : undefined;
}

/** Whether a history server answers with its list of applications. */
export async function historyAnswers(webUrl: string, timeoutMs = 2_000): Promise<boolean> {
  return (await httpGet(`${webUrl}/api/v1/applications?limit=1`, timeoutMs)) !== undefined;
}
