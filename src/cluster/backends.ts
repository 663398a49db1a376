import type { ClusterBackend } from './backend.ts';
import type { BackendKind } from './backend-kind.ts';

/** Every backend there is, loaded when it is first wanted. */
const backends = {
  local: async () => (await import('./local/local-backend.ts')).localBackend,
  docker: async () => (await import('./docker/docker-backend.ts')).dockerBackend,
} satisfies Record<BackendKind, () => Promise<ClusterBackend>>;

export const backendKinds = Object.keys(backends) as readonly BackendKind[];

export async function loadBackend(kind: BackendKind): Promise<ClusterBackend> {
  return await backends[kind]();
}
