import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { runCommand } from './run-command.ts';

/** A process that cannot be mistaken for a later one with the same number: its id and when it started. */
export const processIdentity = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
export type ProcessIdentity = z.output<typeof processIdentity>;

/** The identity of a living process, or undefined when there is none with that id. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? startTicks(pid) : await startDate(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startedAt === identity.startedAt;
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot: unlike a date, it does not move when the clock is set. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may hold spaces and brackets, so count from its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

async function startDate(pid: number): Promise<string | undefined> {
  const { exitCode, stdout } = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)]);
  const text = stdout.trim();
  return exitCode === 0 && text !== '' ? text : undefined;
}
