import Docker from 'dockerode';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { type DockerEndpoint, dockerEndpoints } from './docker-endpoint.ts';
import { dockerFailure } from './docker-failure.ts';

/** A Docker daemon that answers. */
export interface Daemon {
  readonly address: string;
  /** True where the daemon runs on this machine: bind mounts are this machine's folders, and published ports its ports. */
  readonly isLocal: boolean;
  /** Asks the daemon for something. A failure is one that says what it was asked for, and what to do. */
  ask<Answer>(task: string, request: (docker: Docker) => Promise<Answer>): Promise<Answer>;
}

/** How long a daemon may take to say that it is there. */
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
