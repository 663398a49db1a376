import { connect } from 'node:net';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { OperationContext } from '../operation-context.ts';
import { type Address, resourceManagers } from './resource-managers.ts';

/** The time that a master may take to accept a connection. Spark itself tries for more than a minute. */
const patienceMs = 5_000;

/**
 * Makes sure that somebody listens where a master was named, before anything is started. Of several addresses one is
 * enough. What has no address (`local[*]`) is left to Spark. Returns what answered.
 */
export async function reachMaster(
  master: string,
  { signal, environment }: Pick<OperationContext, 'signal' | 'environment'>,
): Promise<string | undefined> {
  const addresses = master === 'yarn' ? await resourceManagers(environment) : addressesOf(master);
  if (addresses === undefined) return undefined;
  const failures = new Map<string, string>();
  const answered = await Promise.any(
    addresses.map(async (address) => {
      const name = nameOf(address);
      const failure = await tryToReach(address, signal);
      if (failure === undefined) return name;
      failures.set(name, failure);
      throw new Error(failure);
    }),
  ).catch(() => undefined);
  signal.throwIfAborted();
  if (answered !== undefined) return answered;
  throw new SparkctlError({
    code: 'master-unreachable',
    category: 'cluster',
    message: `Nothing answers at ${master}: ${addresses.map((address) => `${nameOf(address)} ${failures.get(nameOf(address))}`).join(', ')}.`,
    hint: 'Start it, or correct the address. Where no master is named, sparkctl starts a cluster for the run.',
    details: { master, failures: Object.fromEntries(failures) },
  });
}

function nameOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const defaultPorts: Readonly<Record<string, number | undefined>> = { sc: 15002, http: 80, https: 443 };

/** The addresses in `spark://a:7077,b:7077`, `sc://host:15002/;token=…` or `k8s://https://host:6443`; undefined where there is none. */
function addressesOf(master: string): readonly Address[] | undefined {
  const [, scheme = '', rest = ''] =
    /^(?:k8s:\/\/(?=https?:\/\/))?(spark|sc|k8s|https?):\/\/([^/;?]*)/i.exec(master) ?? [];
  if (scheme === '') return undefined;
  const usual = defaultPorts[scheme === 'k8s' ? 'https' : scheme];
  return rest.split(',').map((text) => {
    const [, ipv6, name = '', port = usual] =
      /^(?:[^@]*@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
    const host = ipv6 ?? name;
    if (host !== '' && port !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
    throw new SparkctlError({
      code: 'bad-master',
      category: 'usage',
      message: `${master} is no address of a master: "${text}" should be HOST:PORT.`,
      hint: 'A standalone master is named spark://HOST:PORT, several of them spark://HOST:PORT,HOST:PORT.',
    });
  });
}

const reasonOf: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'is an unknown host name',
  EAI_AGAIN: 'is a host name that cannot be looked up now',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
};

/** Tries to connect: the reason why nothing accepts it, or undefined when something does. What it is stays Spark's business. */
async function tryToReach({ host, port }: Address, signal: AbortSignal): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port });
    const give = (answer?: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(answer);
    };
    const stop = () => give('was not waited for');
    const timer = setTimeout(() => give(`did not answer within ${patienceMs / 1000} s`), patienceMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => give());
    socket.once('error', (error: NodeJS.ErrnoException) =>
      give(reasonOf[error.code ?? ''] ?? `failed with ${error.code ?? error.message}`),
    );
  });
}
