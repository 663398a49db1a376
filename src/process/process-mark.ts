import { readdirSync, readFileSync } from 'node:fs';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { seesProcesses } from './process-identity.ts';
import { runCommand } from './run-command.ts';

/**
 * The environment variable that every process started by sparkctl carries, and passes on to all that it starts.
 * Its value is recorded before the start, so that whatever happens in between, the processes can be found again,
 * and a process that merely has a recorded id (a reused one) is never taken for ours.
 */
export const markVariable = 'SPARKCTL_MARK';

/** The ids of the living processes of this user that carry a mark, in ascending order. */
export async function findMarked(mark: string): Promise<readonly number[]> {
  return process.platform === 'linux' ? findInProc(mark) : await findWithPs(mark);
}

function findInProc(mark: string): readonly number[] {
  if (!seesProcesses()) throw foreignProc();
  const wanted = `${markVariable}=${mark}`;
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (carries(pid, wanted)) found.push(pid);
  }
  return found.sort((a, b) => a - b);
}

function carries(pid: number, wanted: string): boolean {
  try {
    // A zombie's environment reads as empty, so that it does not count as living.
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
  } catch {
    // Ended meanwhile, or another user's: in both cases none of ours.
    return false;
  }
}

async function findWithPs(mark: string): Promise<readonly number[]> {
  const { stdout } = await runCommand('ps', ['-A', '-E', '-ww', '-o', 'pid=,command=']);
  const wanted = `${markVariable}=${mark}`;
  return stdout
    .split('\n')
    .filter((line) => line.split(' ').includes(wanted))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid !== process.pid)
    .sort((a, b) => a - b);
}

/** A signal to a number that was found there would hit a process that has nothing to do with it. */
function foreignProc(): SparkctlError {
  return new SparkctlError({
    code: 'foreign-proc',
    cause: 'runtime',
    message: '/proc shows the processes of another PID namespace than the one in which sparkctl runs.',
    hint: 'Give this namespace a /proc of its own: unshare --pid --fork --mount-proc, or mount -t proc proc /proc.',
  });
}
