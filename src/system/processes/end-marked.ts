import { hasErrorCode } from '../errors/has-error-code.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { findMarked } from './process-mark.ts';
import { waitUntil } from './wait-until.ts';

/** How long a killed process may take to disappear before that is called a failure. */
const killTimeoutMs = 10_000;

/**
 * Ends every process that carries the mark: asks with SIGTERM, waits `graceMs`, then kills. Returns once none is
 * left. The marks are read again before every signal, so that no process but ours is ever hit.
 */
export async function endMarked(mark: string, graceMs: number): Promise<void> {
  await signalAll(mark, 'SIGTERM');
  if (await gone(mark, graceMs)) return;
  const killed = await waitUntil(
    async () => {
      await signalAll(mark, 'SIGKILL');
      return (await findMarked(mark)).length === 0 ? true : undefined;
    },
    { timeoutMs: killTimeoutMs },
  );
  if (killed === true) return;
  throw new SparkctlError({
    code: 'process-survived',
    category: 'io',
    message: `Processes ${(await findMarked(mark)).join(', ')} did not end within ${killTimeoutMs / 1000} s of SIGKILL.`,
    hint: 'They hang in the kernel, most often on a file system that does not answer; see `ps -o pid,stat,wchan,args`.',
  });
}

async function gone(mark: string, timeoutMs: number): Promise<boolean> {
  const answer = await waitUntil(async () => ((await findMarked(mark)).length === 0 ? true : undefined), {
    timeoutMs,
  });
  return answer === true;
}

async function signalAll(mark: string, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await findMarked(mark)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!hasErrorCode(error, 'ESRCH')) throw error;
    }
  }
}
