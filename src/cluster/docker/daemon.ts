import Docker from 'dockerode';
import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../system/errors/system-error.ts';
import { type DockerEndpoint, dockerEndpoints } from './docker-endpoint.ts';

const unreachable = [
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ABORT_ERR',
];

/** Explains a failure of Docker, with the exit code that fits. Any other error is returned unchanged. */
export function dockerFailure(error: unknown, task: string, address: string): unknown {
  if (error instanceof SparkctlError || !(error instanceof Error)) return error;
  if (hasErrorCode(error, 'EACCES', 'EPERM')) {
    return new SparkctlError({
      code: 'docker-forbidden',
      category: 'permission',
      message: `You may not talk to the Docker daemon at ${address} (${codeOf(error)}).`,
      hint: 'Join the group of its socket (sudo usermod -aG docker "$USER", then log in again), or work without Docker: --backend local.',
      cause: error,
    });
  }
  if (
    hasErrorCode(error, ...unreachable) ||
    error.message === 'socket hang up' ||
    error.name === 'TimeoutError'
  ) {
    return new SparkctlError({
      code: 'docker-unreachable',
      category: 'cluster',
      message: `No Docker daemon answers at ${address} (${codeOf(error)}), asked for ${task}.`,
      hint: 'Start it (sudo systemctl start docker, or Docker Desktop), or work without it: --backend local.',
      cause: error,
    });
  }
  return 'statusCode' in error ? refusal(error, task) : error;
}

/** Describes a refusal of the daemon itself. */
function refusal(error: Error, task: string): SparkctlError {
  const answer = 'json' in error ? (error.json as { message?: unknown } | null) : null;
  const words = typeof answer?.message === 'string' ? answer.message : error.message;
  const facts = { details: { task, answer: words }, cause: error };
  if (/no space left on device/i.test(words)) return diskFull(`Docker refused ${task}: ${words}`, facts);
  const [, name] = /name "\/?([^"]+)" is already in use/.exec(words) ?? [];
  if (name !== undefined) {
    return new SparkctlError({
      code: 'name-in-use',
      category: 'cluster',
      message: `A container called ${name} is there already, and it is not one of this cluster's.`,
      hint: `See what it is (docker inspect ${name}); then rename it (docker rename ${name} OTHER) or choose another --cluster name.`,
      ...facts,
    });
  }
  if (/port is already allocated|address already in use/.test(words)) {
    const port = /(\d+\.\d+\.\d+\.\d+:\d+)/.exec(words)?.[1] ?? 'a port';
    return new SparkctlError({
      code: 'port-taken',
      category: 'cluster',
      message: `${port} was taken by another program, for ${task}.`,
      hint: 'Try again: another port is then taken.',
      ...facts,
    });
  }
  return new SparkctlError({
    code: 'docker-refused',
    category: 'cluster',
    message: `Docker refused ${task}: ${words}`,
    ...facts,
  });
}

/** A full disk, wherever Docker met it. */
export function diskFull(
  message: string,
  facts: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
): SparkctlError {
  return new SparkctlError({
    code: 'disk-full',
    category: 'io',
    message,
    hint: 'Free some room where Docker keeps its files: docker system df shows what takes it, docker builder prune and docker image prune remove what is unused.',
    ...facts,
  });
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

/** Tells whether the daemon refused because the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The HTTP status of the daemon's refusal. */
export function statusOf(error: unknown): number | undefined {
  const origin = error instanceof SparkctlError ? error.cause : error;
  return origin instanceof Error && 'statusCode' in origin ? Number(origin.statusCode) : undefined;
}

/** A Docker daemon that answers. */
export interface Daemon {
  readonly address: string;
  /** True where the daemon runs on this machine: bind mounts are this machine's folders, and published ports its ports. */
  readonly isLocal: boolean;
  /** Asks the daemon for something. A failure is one that says what it was asked for, and what to do. */
  ask<Answer>(task: string, request: (docker: Docker) => Promise<Answer>): Promise<Answer>;
}

/** The time that a daemon may take to answer a ping. */
const pingTimeoutMs = 5_000;

/** Finds the first daemon that answers; otherwise says why none does. */
export async function connectDocker(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Daemon> {
  const failures: unknown[] = [];
  for (const endpoint of await dockerEndpoints(environment)) {
    const daemon = daemonAt(endpoint);
    try {
      await daemon.ask('a sign of life', (docker) => ping(docker));
      return daemon;
    } catch (error) {
      failures.push(error);
    }
  }
  // The first failure is that of the usual place, or of the one that was named.
  throw failures[0];
}

/** The daemon, or undefined where none can be reached: for questions whose answer is then "nothing". */
export async function connectIfThere(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Daemon | undefined> {
  try {
    return await connectDocker(environment);
  } catch (error) {
    if (error instanceof SparkctlError && ['docker-unreachable', 'docker-forbidden'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** A daemon that hangs takes the connection and never answers. */
async function ping(docker: Docker): Promise<void> {
  const timeout = AbortSignal.timeout(pingTimeoutMs);
  const silence = new Promise<never>((_, reject) =>
    timeout.addEventListener('abort', () => reject(timeout.reason)),
  );
  await Promise.race([docker.ping(), silence]);
}

function daemonAt({ address, options }: DockerEndpoint): Daemon {
  // Given as undefined, so that dockerode does not fall back to DOCKER_HOST of this process.
  const docker = new Docker(
    'socketPath' in options ? { ...options, host: undefined, port: undefined } : { ...options },
  );
  return {
    address,
    isLocal: 'socketPath' in options || /^(localhost|127\.|\[?::1)/.test(options.host),
    ask: async (task, request) => {
      try {
        return await request(docker);
      } catch (error) {
        throw dockerFailure(error, task, address);
      }
    },
  };
}

/** Refuses a daemon on another machine: its bind mounts would be that machine's folders, and no port could be reached. */
export function requireLocal(daemon: Daemon): void {
  if (daemon.isLocal) return;
  throw new SparkctlError({
    code: 'docker-remote',
    category: 'cluster',
    message: `The Docker daemon at ${daemon.address} runs on another machine, where the project's folder is not.`,
    hint: 'Unset DOCKER_HOST to use the daemon of this machine, or work without Docker: --backend local.',
  });
}

/** The machine that the containers run on, which may be a virtual one. */
interface DockerMachine {
  readonly memoryMb: number;
  /** True where the daemon runs as an ordinary user. */
  readonly isRootless: boolean;
}

const info = z.object({ MemTotal: z.number(), SecurityOptions: z.array(z.string()).nullish() });

export async function dockerMachine(daemon: Daemon): Promise<DockerMachine> {
  const { MemTotal, SecurityOptions } = info.parse(
    await daemon.ask('a description of its machine', (docker) => docker.info()),
  );
  return {
    memoryMb: Math.floor(MemTotal / 1024 ** 2),
    isRootless: (SecurityOptions ?? []).some((option) => option.startsWith('name=rootless')),
  };
}
