import { setImmediate as nextTurn } from 'node:timers/promises';

const itemsOfSlice = 20_000;

/** Goes through many items and lets the rest of the process run now and then, so that Ctrl-C is heard in between. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  signal: AbortSignal | undefined,
  each: (item: Item) => void,
): Promise<void> {
  let left = itemsOfSlice;
  for (const item of items) {
    each(item);
    left -= 1;
    if (left > 0) continue;
    left = itemsOfSlice;
    await nextTurn();
    signal?.throwIfAborted();
  }
}
