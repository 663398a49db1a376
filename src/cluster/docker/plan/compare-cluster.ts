import type { FoundContainer } from '../containers/find-containers.ts';
import type { ClusterSpec, ContainerSpec } from './container-spec.ts';
import { composeLabel } from './labels.ts';

interface Difference {
  readonly remove: readonly FoundContainer[];
  readonly create: readonly ContainerSpec[];
}

/** What has to go and what has to be made so that a cluster is as planned. Drivers belong to their runs and are left alone. */
export function compareCluster(spec: ClusterSpec, found: readonly FoundContainer[]): Difference {
  const nodes = found.filter(({ role }) => role !== 'driver');
  const fits = (container: FoundContainer) =>
    container.isRunning &&
    spec.containers.some(
      ({ node, labels }) =>
        node === container.node &&
        labels[composeLabel.configHash] === container.labels[composeLabel.configHash],
    );
  const kept = nodes.filter(fits);
  // Workers find another master only after a while, and lose what they knew: with the master everything is made anew.
  const keep = kept.some(({ role }) => role === 'master') ? kept : [];
  return {
    remove: nodes.filter((container) => !keep.includes(container)),
    create: spec.containers.filter(({ node }) => !keep.some((container) => container.node === node)),
  };
}
