/** The number of rows of each group in each segment. */
export type Contingency = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Agreement of two ways to part the same rows agree, whatever their parts are called: 1 for the same parts, about 0 for
 * parts drawn at random (Hubert and Arabie, "Comparing partitions", 1985).
 */
export function adjustedRandIndex(contingency: Contingency): number {
  const segments = new Map<string, number>();
  let rows = 0;
  let together = 0;
  let inGroups = 0;
  for (const found of contingency.values()) {
    let group = 0;
    for (const [segment, count] of found) {
      together += pairs(count);
      group += count;
      segments.set(segment, (segments.get(segment) ?? 0) + count);
    }
    inGroups += pairs(group);
    rows += group;
  }
  let inSegments = 0;
  for (const count of segments.values()) inSegments += pairs(count);
  const byChance = rows < 2 ? 0 : (inGroups * inSegments) / pairs(rows);
  const best = (inGroups + inSegments) / 2;
  // Everything in one part, or every row in its own, both times: there is nothing to disagree about.
  return best === byChance ? 1 : (together - byChance) / (best - byChance);
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
