import type { ClusterBackend } from './backend.ts';
import type { OperationContext } from './operation-context.ts';

interface BackendEntry {
  /** Loads the backend, when it is first wanted. */
  readonly load: () => Promise<ClusterBackend>;
  /** True where clusters can be made by it: what `--backend` offers. */
  readonly makesClusters: boolean;
  /** True where it comes first for a cluster that stays. The order of the lines is the order of preference for a run. */
  readonly firstForStaying: boolean;
  /** False where the project certainly has no cluster of it, found out without loading it. */
  readonly mayHaveClusters: (context: Pick<OperationContext, 'project' | 'environment'>) => Promise<boolean>;
}

/** The backends, one line each, in the order of preference. */
const entries = {
  local: {
    load: async () => (await import('./local/local-backend.ts')).localBackend,
    makesClusters: true,
    firstForStaying: false,
    mayHaveClusters: async () => true,
  },
  docker: {
    load: async () => (await import('./docker/docker-backend.ts')).dockerBackend,
    makesClusters: true,
    firstForStaying: true,
    mayHaveClusters: async (context) =>
      await (await import('./docker/docker-presence.ts')).mayHaveClusters(context),
  },
  external: {
    load: async () => (await import('./external/external-backend.ts')).externalBackend,
    makesClusters: false,
    firstForStaying: false,
    mayHaveClusters: async () => false,
  },
} satisfies Readonly<Record<string, BackendEntry>>;

export type BackendKind = keyof typeof entries;

const backends: Readonly<Record<BackendKind, BackendEntry>> = entries;

/** Every backend, in the order of preference for a cluster that is made for a run. */
export const backendKinds = Object.keys(entries) as [BackendKind, ...BackendKind[]];

/** The backends that make clusters. */
export const makingKinds = backendKinds.filter((kind) => backends[kind].makesClusters);

/** The order of preference for a cluster that stays. */
export const stayingKinds = makingKinds.toSorted(
  (a, b) => Number(backends[b].firstForStaying) - Number(backends[a].firstForStaying),
);

/** Loads a backend: the context's own where it brings one, otherwise that of the registry. */
export async function loadBackend(
  kind: BackendKind,
  context: Pick<OperationContext, 'backends'>,
): Promise<ClusterBackend> {
  return context.backends?.[kind] ?? (await backends[kind].load());
}

/** The backends that may have clusters of the project; the others need not be loaded. */
export async function presentBackends(
  context: Pick<OperationContext, 'project' | 'environment' | 'backends'>,
  kinds: readonly BackendKind[] = backendKinds,
): Promise<readonly BackendKind[]> {
  if (context.backends !== undefined) return kinds.filter((kind) => context.backends?.[kind] !== undefined);
  const present = await Promise.all(kinds.map((kind) => backends[kind].mayHaveClusters(context)));
  return kinds.filter((_, index) => present[index]);
}
