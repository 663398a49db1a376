import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { readJson } from '../../system/files/read-json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A place where a Docker daemon may listen, and what told of it. */
export interface DockerEndpoint {
  readonly address: string;
  readonly origin: string;
  readonly options:
    | { readonly socketPath: string }
    | {
        readonly host: string;
        readonly port: string;
        readonly protocol: 'http' | 'https';
        readonly ca?: string;
        readonly cert?: string;
        readonly key?: string;
      };
}

/**
 * The places where a daemon may listen, in this order: DOCKER_HOST, the context chosen with `docker context use`, the sockets
 * that Docker, rootless Docker and Docker Desktop make. A place that a person named is the only one.
 */
export async function dockerEndpoints(environment: Environment): Promise<readonly DockerEndpoint[]> {
  const named = environment['DOCKER_HOST'];
  if (named) return [endpointOf(named, 'DOCKER_HOST', environment)];
  const context = await contextEndpoint(environment);
  if (context !== undefined) return [context];
  if (process.platform === 'win32')
    return [endpointOf('npipe:////./pipe/docker_engine', 'the usual pipe', environment)];
  const home = environment['HOME'] ?? homedir();
  const runtime = environment['XDG_RUNTIME_DIR'];
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
  ];
  const there = sockets.filter((path) => existsSync(path));
  return (there.length > 0 ? there : sockets.slice(0, 1)).map((path) =>
    endpointOf(`unix://${path}`, 'the usual socket', environment),
  );
}

/** Reads a value of DOCKER_HOST. */
function endpointOf(address: string, origin: string, environment: Environment): DockerEndpoint {
  const [, path] = /^(?:unix|npipe):\/\/(.+)$/.exec(address) ?? [];
  if (path !== undefined) return { address, origin, options: { socketPath: path } };
  const [, scheme = 'tcp', host, port = '2375'] =
    /^(?:(tcp|http|https):\/\/)?(\[[^\]]+\]|[^:/[\]]+)(?::(\d+))?\/?$/.exec(address) ?? [];
  if (host === undefined) {
    throw new SparkctlError({
      code: 'docker-host-invalid',
      category: 'usage',
      message: `${origin} is "${address}", which sparkctl cannot reach a Docker daemon at.`,
      hint: 'Write unix:///path/to/docker.sock or tcp://HOST:PORT. Of a daemon that is reached by ssh, forward its socket first.',
    });
  }
  const encrypted = scheme === 'https' || Boolean(environment['DOCKER_TLS_VERIFY']) || port === '2376';
  const folder = environment['DOCKER_CERT_PATH'];
  const certificates =
    encrypted && folder
      ? {
          ca: readCertificate(folder, 'ca.pem'),
          cert: readCertificate(folder, 'cert.pem'),
          key: readCertificate(folder, 'key.pem'),
        }
      : {};
  return {
    address,
    origin,
    options: { host, port, protocol: encrypted ? 'https' : 'http', ...certificates },
  };
}

function readCertificate(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw new SparkctlError({
      code: 'docker-certificate-unreadable',
      category: 'input',
      message: `The certificate ${join(folder, name)} cannot be read; DOCKER_CERT_PATH names its folder.`,
      hint: 'Check DOCKER_CERT_PATH, or unset DOCKER_HOST to use the local daemon.',
      cause: error,
    });
  }
}

const clientConfig = z.object({ currentContext: z.string().optional() });
const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** The endpoint of the Docker client's current context, where it has another than its default. */
async function contextEndpoint(environment: Environment): Promise<DockerEndpoint | undefined> {
  const folder = environment['DOCKER_CONFIG'] || join(environment['HOME'] ?? homedir(), '.docker');
  const name =
    environment['DOCKER_CONTEXT'] ||
    (await setting(join(folder, 'config.json'), clientConfig))?.currentContext;
  if (!name || name === 'default') return undefined;
  // The Docker client keeps each context in a folder named for the hash of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const meta = await setting(join(folder, 'contexts', 'meta', id, 'meta.json'), contextMeta);
  const host = meta?.Endpoints.docker.Host;
  return host === undefined ? undefined : endpointOf(host, `the Docker context ${name}`, environment);
}

/** Reads a setting of the Docker client. One that cannot be read is ignored. */
async function setting<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const read = await readJson(path, schema, { links: 'followed' });
  return read.kind === 'value' ? read.value : undefined;
}
