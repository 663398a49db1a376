import fc from 'fast-check';

/** The longest time for one property, in milliseconds. */
const mostMs = 5_000;

/** For tests with such a property. */
export const fuzzTimeoutMs = 60_000 + Number(process.env['SPARKCTL_FUZZ_MS'] ?? mostMs);

/**
 * Tries a property with values drawn from a seed; `SPARKCTL_FUZZ_SEED` repeats an earlier run, and
 * `SPARKCTL_FUZZ_MS` gives each property more time than the few seconds of the fast tests.
 */
export async function holdsForAll(property: fc.IRawProperty<unknown>): Promise<void> {
  const limit = Number(process.env['SPARKCTL_FUZZ_MS'] ?? mostMs);
  const given = process.env['SPARKCTL_FUZZ_SEED'];
  await fc.assert(property as fc.IAsyncProperty<unknown>, {
    ...(given !== undefined && { seed: Number(given) }),
    numRuns: given === undefined && limit > mostMs ? Number.MAX_SAFE_INTEGER : 200,
    interruptAfterTimeLimit: limit,
    // What fails says its seed: fast-check puts it into the message.
    markInterruptAsFailure: false,
  });
}
