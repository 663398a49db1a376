/**
 * Does several things at once. When one fails, the others are told by their signal, and the first error is thrown
 * only once all have settled: nothing goes on behind the back of the clean-up that follows.
 */
export async function allOrNone(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const controller = new AbortController();
  const either = AbortSignal.any([signal, controller.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(either);
      } catch (error) {
        failures.push(error);
        controller.abort(error);
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

/** Does the same with each of many things, a few at a time: with all at once, files would run out of descriptors. */
export async function mapFew<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = 16,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
