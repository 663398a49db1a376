import { adjustedRandIndex, type Contingency } from './adjusted-rand-index.ts';
import type { GroupStatistics } from './group-statistics.ts';

/** A centre is the same when each of its values is as near as this, in standard deviations of all rows. */
const centreTolerance = 0.1;

interface Comparison {
  /** Rows of each planted group by the cluster that they were put into. */
  readonly contingency: Contingency;
  readonly planted: GroupStatistics;
  readonly found: GroupStatistics;
  readonly columns: readonly string[];
  readonly minimumRandIndex: number;
}

/** What clusters and planted groups have to do with each other, in numbers and, where they disagree, in sentences. */
export function compareClusters({ contingency, planted, found, columns, minimumRandIndex }: Comparison): {
  readonly randIndex: number;
  readonly disagreements: readonly string[];
} {
  const randIndex = adjustedRandIndex(contingency);
  const disagreements: string[] = [];
  if (randIndex < minimumRandIndex)
    disagreements.push(
      `The adjusted Rand index is ${randIndex.toFixed(4)}, below ${minimumRandIndex}: rows that belong together are apart.`,
    );
  const [groups, clusters] = [planted.names(), found.names()];
  if (groups.length !== clusters.length) {
    disagreements.push(`${clusters.length} clusters were found where ${groups.length} groups were planted.`);
    return { randIndex, disagreements };
  }
  const partners = new Map(groups.map((group) => [group, largest(contingency.get(group))]));
  if (new Set(partners.values()).size < groups.length) {
    disagreements.push('Two of the planted groups ended mostly in the same cluster.');
    return { randIndex, disagreements };
  }
  const deviations = planted.deviations();
  for (const [group, cluster] of partners) {
    const [wanted, there] = [planted.size(group), found.size(cluster)];
    // What the index allows to be misplaced may change a size by no more than that.
    if (Math.abs(there - wanted) > Math.max(1, wanted * (1 - minimumRandIndex)))
      disagreements.push(
        `Cluster ${cluster} has ${there} rows, the group ${group} that it is has ${wanted}.`,
      );
    const [wantedCentre, centre] = [planted.centre(group), found.centre(cluster)];
    for (const [at, column] of columns.entries()) {
      const [expected = 0, is = 0] = [wantedCentre[at], centre[at]];
      if (Math.abs(is - expected) > centreTolerance * (deviations[at] ?? 0))
        disagreements.push(
          `The centre of cluster ${cluster} has ${column} ${is.toFixed(3)}, that of the group ${group} ${expected.toFixed(3)}.`,
        );
    }
  }
  return { randIndex, disagreements };
}

function largest(counts: ReadonlyMap<string, number> | undefined): string {
  let best = '';
  let most = 0;
  for (const [cluster, count] of counts ?? []) {
    if (count > most) [best, most] = [cluster, count];
  }
  return best;
}
