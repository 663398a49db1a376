import { z } from 'zod';
import { processIdentity } from '../../system/processes/process-identity.ts';
import { clusterRecords, isClusterName } from '../cluster-folder.ts';
import { isNodeName, localRoles, singleRoles } from '../roles.ts';

const port = z.number().int().min(1).max(65_535);

const nodeRecord = z
  .object({
    /** It becomes a part of paths. */
    name: z.string(),
    role: z.enum(localRoles),
    /** Every process of the node carries it; it is recorded before the first of them starts. */
    mark: z.string().regex(/^[0-9a-f-]{36}\/[a-z0-9-]+$/),
    webPort: port,
    /** The port for clients, of a Connect server. */
    grpcPort: port.optional(),
  })
  .refine(({ name, role }) => isNodeName(name, role), 'its name is not that of a node of its role')
  .refine(
    ({ role, grpcPort }) => (role === 'connect') === (grpcPort !== undefined),
    'only a Connect server has a port for clients',
  );

const localClusterRecord = z.object({
  schemaVersion: z.literal(1),
  backend: z.literal('local'),
  name: z.string().refine(isClusterName, 'it is not the name of a cluster'),
  ephemeral: z.boolean(),
  /** The sparkctl process that an ephemeral cluster belongs to. */
  owner: processIdentity,
  masterPort: port,
  workerCores: z.number().int().positive(),
  workerMemoryMb: z.number().int().positive(),
  nodes: z.array(nodeRecord).refine(hasOneOfEach, 'they are not one master, one history server and workers'),
});

export type LocalNodeRecord = z.output<typeof nodeRecord>;
/** The nodes of a local cluster that were started or are about to be: written before each start, to `cluster.json`. */
export type LocalClusterRecord = z.output<typeof localClusterRecord>;

export const localRecords = clusterRecords('cluster.json', localClusterRecord, ({ name }) => name);

function hasOneOfEach(nodes: readonly LocalNodeRecord[]): boolean {
  const names = new Set(nodes.map(({ name }) => name));
  return names.size === nodes.length && singleRoles.every((role) => names.has(role));
}
