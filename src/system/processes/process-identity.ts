import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { runCommand } from './run-command.ts';

/**
 * A process that cannot be mistaken for another: where its number counts (host, boot, PID namespace), the number, and
 * when it started. Records of older versions say nothing of the place.
 */
export const processIdentity = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  /** The machine's id and name. */
  host: z.string().optional(),
  /** Of the running kernel: another after each start of the machine. */
  boot: z.string().optional(),
  /** Containers and `unshare --pid` have numbers of their own. */
  pidNamespace: z.string().optional(),
});
export type ProcessIdentity = z.output<typeof processIdentity>;

/** The place where process numbers count. */
type Place = Pick<ProcessIdentity, 'host' | 'boot' | 'pidNamespace'>;

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const startedAt = process.platform === 'linux' ? startTicks('self') : await startDate(process.pid);
  if (startedAt === undefined) {
    throw new SparkctlError({
      code: 'no-process-information',
      category: 'runtime',
      message: `What the system says of process ${process.pid}, which is sparkctl itself, cannot be read.`,
      hint:
        process.platform === 'linux'
          ? 'sparkctl needs /proc: mount it (mount -t proc proc /proc).'
          : 'sparkctl needs the program ps on PATH.',
    });
  }
  return { pid: process.pid, startedAt, ...(await ownPlace()) };
}

/** The identity of a living process of this machine; undefined where no process has that number. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, ...(await ownPlace()) };
}

/**
 * Tells where a process was or is, as seen from here. `past` is this host before its last start: whatever ran then is
 * over. `elsewhere` is another host or another PID namespace: nothing can be said of what runs there, and nothing
 * there may be touched. `unknown` is said of records that do not name their place.
 */
export async function whereIs(place: Place): Promise<'here' | 'past' | 'elsewhere' | 'unknown'> {
  const own = await ownPlace();
  if (place.boot === undefined || place.host === undefined) return 'unknown';
  // Under the same kernel the host's name is not asked: a container has another.
  if (place.boot === own.boot) return place.pidNamespace === own.pidNamespace ? 'here' : 'elsewhere';
  return place.host === own.host ? 'past' : 'elsewhere';
}

/**
 * Tells whether a process lives. `elsewhere` means that it can't be told from here, and that it has to be taken for
 * alive by whoever would end, delete or overwrite something.
 */
export async function livenessOf(identity: ProcessIdentity): Promise<'alive' | 'dead' | 'elsewhere'> {
  const place = await whereIs(identity);
  if (place === 'past') return 'dead';
  if (place === 'elsewhere') return 'elsewhere';
  if (!seesProcesses()) return identity.pid === process.pid ? 'alive' : 'elsewhere';
  const lives = (await startOf(identity.pid)) === identity.startedAt;
  // A process that is not here may live where an older version wrote its number down, and that is not known.
  return lives ? 'alive' : place === 'here' ? 'dead' : 'elsewhere';
}

/**
 * Tells whether the numbers in /proc are those that this process can send signals to. After `unshare --pid` without a
 * /proc of its own they are other processes' numbers.
 */
export function seesProcesses(): boolean {
  return process.platform !== 'linux' || linkTarget('/proc/self') === String(process.pid);
}

/** The place of a process that is elsewhere, for people. */
export function describePlace({ host }: Place): string {
  const [name, own] = [host, linuxHost()].map((each) => each?.split(' ').at(-1) ?? 'an unknown host');
  return name === own ? `another PID namespace of ${name}` : `host ${name}`;
}

async function startOf(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startTicks(String(pid)) : await startDate(pid);
}

let place: Promise<Place> | undefined;

async function ownPlace(): Promise<Place> {
  place ??= process.platform === 'linux' ? Promise.resolve(linuxPlace()) : otherPlace();
  return await place;
}

function linuxPlace(): Place {
  return {
    host: linuxHost(),
    boot: firstLine('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkTarget('/proc/self/ns/pid'),
  };
}

/** The id, where there is one: machines that were made from one image, or moved, may share the other. */
function linuxHost(): string {
  const id = firstLine('/etc/machine-id') ?? firstLine('/var/lib/dbus/machine-id');
  return [id, hostname()].filter(Boolean).join(' ');
}

async function otherPlace(): Promise<Place> {
  const { exitCode, stdout } = await runCommand('sysctl', ['-n', 'kern.bootsessionuuid']);
  return { host: hostname(), boot: exitCode === 0 ? stdout.trim() : undefined };
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim() || undefined;
  } catch {
    return undefined;
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot: unlike a date, it does not move when the clock is set. */
function startTicks(pid: string): string | undefined {
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
