import { z } from 'zod';

const masterJson = z.object({
  status: z.string(),
  url: z.string(),
  workers: z.array(
    z.object({ id: z.string(), webuiaddress: z.string(), state: z.string(), cores: z.number(), memory: z.number() }),
  ),
  activeapps: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** What a standalone master says of itself and its workers at `/json/`. */
export type MasterState = z.output<typeof masterJson>;

/** Asks a master's web port; undefined while it does not answer or is not ALIVE. */
export async function readMasterState(webUrl: string, timeoutMs = 2_000): Promise<MasterState | undefined> {
  try {
    const response = await fetch(`${webUrl}/json/`, { signal: AbortSignal.timeout(timeoutMs) });
    const state = masterJson.parse(await response.json());
    return state.status === 'ALIVE' ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a history server answers with its list of applications. */
export async function historyAnswers(webUrl: string, timeoutMs = 2_000): Promise<boolean> {
  try {
    const response = await fetch(`${webUrl}/api/v1/applications?limit=1`, { signal: AbortSignal.timeout(timeoutMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
