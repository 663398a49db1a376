import { readdirSync, readFileSync } from 'node:fs';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { hasErrorCode } from '../errors/system-error.ts';
import { seesProcesses } from './process-identity.ts';
import { runCommand } from './run-command.ts';
import { waitUntil } from './wait-until.ts';

/**
 * The environment variable that every process started by sparkctl carries, and passes on to all that it starts.
 * Its value is recorded before the start, so that whatever happens in between, the processes can be found again,
 * and a process that merely has a recorded id (a reused one) is never taken for ours.
 */
export const markVariable = 'SPARKCTL_MARK';

/** The ids of the living processes of this user that carry a mark, in ascending order. */
export async function findMarked(mark: string): Promise<readonly number[]> {
  return (await livingMarks()).get(mark) ?? [];
}

/** The marks of all living processes of this user, each with the ids of those that carry it. */
export async function livingMarks(): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  const environments = process.platform === 'linux' ? environmentsInProc() : await environmentsOfPs();
  for (const [pid, variables] of environments) {
    if (pid === process.pid) continue;
    const marks = variables.filter((variable) => variable.startsWith(`${markVariable}=`));
    for (const mark of new Set(marks.map((variable) => variable.slice(markVariable.length + 1))))
      found.set(
        mark,
        [...(found.get(mark) ?? []), pid].sort((a, b) => a - b),
      );
  }
  return found;
}

type Environments = Iterable<readonly [pid: number, variables: readonly string[]]>;

function* environmentsInProc(): Environments {
  if (!seesProcesses()) throw foreignProc();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid)) yield [pid, environmentOf(pid)];
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    // A zombie's environment reads as empty, so that it does not count as living.
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    // Ended meanwhile, or another user's: in both cases none of ours.
    return [];
  }
}

async function environmentsOfPs(): Promise<Environments> {
  const { stdout } = await runCommand('ps', ['-A', '-E', '-ww', '-o', 'pid=,command=']);
  return stdout.split('\n').map((line) => [Number.parseInt(line, 10), line.split(' ')] as const);
}

/** A signal to a number that was found there would hit a process that has nothing to do with it. */
function foreignProc(): SparkctlError {
  return new SparkctlError({
    code: 'foreign-proc',
    category: 'runtime',
    message: '/proc shows the processes of another PID namespace than the one in which sparkctl runs.',
    hint: 'Give this namespace a /proc of its own: unshare --pid --fork --mount-proc, or mount -t proc proc /proc.',
  });
}

/** The time that a killed process may take to disappear before that is called a failure. */
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
