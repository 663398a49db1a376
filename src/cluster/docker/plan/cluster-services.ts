import { configurationError, type Diagnostic } from '../../../system/yaml/yaml-file.ts';
import type { NodeRole } from '../../cluster-status.ts';
import type { ComposeFile } from '../compose/compose-file.ts';
import type { ComposeService } from '../compose/compose-service.ts';

export interface ClusterService extends ComposeService {
  readonly name: string;
  readonly role: NodeRole;
}

/** The services of a Compose file that make up a cluster: one of each role. */
export type ClusterServices = Readonly<Record<NodeRole, ClusterService>>;

const roleOfMode: Readonly<Record<string, NodeRole>> = {
  master: 'master',
  worker: 'worker',
  history: 'history',
  submit: 'driver',
};

/** Finds each role's service by its SPARK_MODE. A role without a service, or with two, is a mistake in the file. */
export function clusterServices(file: ComposeFile): {
  readonly services: ClusterServices;
  readonly others: readonly string[];
} {
  const mistakes: Diagnostic[] = [];
  const found = new Map<NodeRole, ClusterService>();
  const others: string[] = [];
  for (const [name, service] of Object.entries(file.services)) {
    const at = ['services', name];
    const mode = service.environment['SPARK_MODE'];
    const role = mode === undefined ? undefined : roleOfMode[mode];
    if (mode === undefined) {
      others.push(name);
      continue;
    }
    if (role === undefined) {
      mistakes.push(
        file.diagnose(
          [...at, 'environment', 'SPARK_MODE'],
          `SPARK_MODE is master, worker, history or submit`,
        ),
      );
      continue;
    }
    const first = found.get(role);
    if (first !== undefined)
      mistakes.push(
        file.diagnose(at, `is a second service with SPARK_MODE ${mode}, after "${first.name}"`, 'key'),
      );
    if (service.networks.length !== 1)
      mistakes.push(file.diagnose([...at, 'networks'], `"${name}" joins one network, as all nodes do`));
    if (role !== 'worker' && service.scale !== 1)
      mistakes.push(file.diagnose([...at, 'scale'], `there is one ${role} only`));
    found.set(role, { ...service, name, role });
  }
  for (const [mode, role] of Object.entries(roleOfMode)) {
    if (!found.has(role))
      mistakes.push(file.diagnose(['services'], `no service has SPARK_MODE ${mode}`, 'key'));
  }
  const [master, worker, history, driver] = [
    found.get('master'),
    found.get('worker'),
    found.get('history'),
    found.get('driver'),
  ];
  if (mistakes.length > 0 || !master || !worker || !history || !driver) {
    throw configurationError(mistakes[0]?.file ?? file.path, mistakes);
  }
  return { services: { master, worker, history, driver }, others };
}
