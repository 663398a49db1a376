/** Numbers from 0 to below 1 that depend on the seed alone (mulberry32). */
export function numbersFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const faults = ['none', 'sparkctl', 'driver', 'worker', 'executor', 'ctrl-c', 'ctrl-c-twice'];

/**
 * Draws what happens in one submit. A moment is so long after its victim appeared, or after the first piece of the table was
 * written: without the second kind most kills would hit a Spark that is still starting.
 */
export function drawSubmit(random, backends, inPeace) {
  const below = (limit) => Math.floor(random() * limit);
  // Every draw takes as many numbers, so that the next one is the same whatever came of this one.
  const [backendDraw, rows, seed, faultDraw, whenDraw, delay] = [
    random(),
    2000 + below(3001),
    below(2 ** 32),
    below(faults.length),
    random(),
    random(),
  ];
  const backend = backends.length > 1 && backendDraw < 0.2 ? backends[1] : backends[0];
  const fault = inPeace ? 'none' : faults[faultDraw];
  const whileWriting = whenDraw < 0.5;
  const longestMs = whileWriting ? 2_000 : fault === 'executor' ? 5_000 : 14_000;
  return { backend, rows, seed, fault, whileWriting, delayMs: Math.round(delay * longestMs) };
}
