import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';

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

/** Says in a person's words what Docker could not do, with the exit code that fits; what is no failure of Docker's is returned as it is. */
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

/** What the daemon itself said no to. */
function refusal(error: Error, task: string): SparkctlError {
  const answer = 'json' in error ? (error.json as { message?: unknown } | null) : null;
  const words = typeof answer?.message === 'string' ? answer.message : error.message;
  const facts = { details: { task, answer: words }, origin: error };
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
      hint: 'Try again: a port that is taken is then passed over.',
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
  facts: { details?: Readonly<Record<string, unknown>>; origin?: unknown } = {},
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
