import { request } from 'node:http';
import { z } from 'zod';
import { canAccess } from '../../system/files/read-file.ts';
import { parseJson } from '../../system/files/read-json.ts';
import { clusterNames } from '../cluster-folder.ts';
import type { OperationContext } from '../operation-context.ts';
import { dockerRecords } from './cluster-record.ts';
import { type DockerEndpoint, dockerEndpoints } from './docker-endpoint.ts';
import { label, placeOf } from './plan/labels.ts';

/** The time that a daemon may take to list its containers. */
const timeoutMs = 2_000;

/**
 * Tells whether a project may have Docker clusters, without loading the client of Docker. A record says so, and so does a
 * container of the project. Networks and volumes are made after the record. Whatever is unclear counts as yes: the backend
 * is then loaded, and says what is wrong.
 */
export async function mayHaveClusters({
  project,
  environment,
}: Pick<OperationContext, 'project' | 'environment'>): Promise<boolean> {
  for (const name of await clusterNames(project)) {
    if (await canAccess(dockerRecords.path(project, name))) return true;
  }
  const endpoints = await dockerEndpoints(environment).catch(() => undefined);
  if (endpoints === undefined) return true;
  // The first daemon that answers counts, as for the backend.
  for (const endpoint of endpoints) {
    const found = await askDaemon(endpoint, project);
    if (found !== 'no daemon') return found !== 'none';
  }
  return false;
}

const containers = z.array(z.object({ Labels: z.record(z.string(), z.string()).nullish() }));

type Answer = 'some' | 'none' | 'unclear' | 'no daemon';

async function askDaemon({ options }: DockerEndpoint, project: string): Promise<Answer> {
  if (!('socketPath' in options)) return 'unclear';
  const filters = JSON.stringify({ label: [label.role] });
  const path = `/containers/json?all=1&filters=${encodeURIComponent(filters)}`;
  const body = await getFromSocket(options.socketPath, path);
  if (body === 'no daemon' || body === undefined) return body ?? 'unclear';
  const listed = parseJson(body.text, containers);
  if (listed.kind === 'damaged') return 'unclear';
  return listed.value.some(({ Labels }) => placeOf(Labels ?? {}, project) !== undefined) ? 'some' : 'none';
}

/** The body of a page that answers with 200; undefined for every other answer, and for none within the time. */
async function getFromSocket(
  socketPath: string,
  path: string,
): Promise<{ readonly text: string } | 'no daemon' | undefined> {
  return await new Promise((resolve) => {
    const give = (answer?: { readonly text: string } | 'no daemon') => {
      clearTimeout(timer);
      asking.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => give(), timeoutMs);
    const asking = request({ socketPath, path, agent: false, headers: { host: 'docker' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', () => give());
      response.once('end', () =>
        give(response.statusCode === 200 ? { text: Buffer.concat(chunks).toString() } : undefined),
      );
    });
    asking.once('error', ({ code = '' }: NodeJS.ErrnoException) =>
      give(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM'].includes(code) ? 'no daemon' : undefined),
    );
    asking.end();
  });
}
