import { setTimeout as delay } from 'node:timers/promises';

interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again until the answer is something other than undefined, and returns it; undefined when the
 * time is up. Time is taken from a monotonic clock. Rejects with the signal's reason when it aborts.
 */
export async function waitUntil<Answer>(
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  { timeoutMs, intervalMs = 50, signal }: WaitOptions,
): Promise<Answer | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) return undefined;
    await delay(intervalMs, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

/** The longest time that a timer of Node's can wait: it takes a longer one for no time at all. */
const longestTimerMs = 2 ** 31 - 1;

/** Does something once a time is up, however long it is: it may be weeks. Returns what calls it off. */
export function after(delayMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    const stepMs = Math.min(leftMs, longestTimerMs);
    timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : act()), stepMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
