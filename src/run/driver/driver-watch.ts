import type { DriverExit, RunningDriver } from '../../cluster/driver.ts';
import type { TakeOutput } from '../../system/processes/start-program.ts';

/** The time that a driver has to stop its application after it was asked to. */
const stopGraceMs = 8_000;

/** The reasons to end a driver that still runs. */
interface Ending {
  readonly signal: AbortSignal;
  /** Rejects when there is another reason to end it. */
  readonly failed?: Promise<never>;
}

/** One driver from its start to its end: by itself, or because it is ended; then nothing of it is left when this throws. */
export class DriverWatch {
  readonly #over = new AbortController();
  readonly #ending: Ending;

  constructor(ending: Ending) {
    this.#ending = ending;
  }

  /** Passes on the driver's output and waits for a slow reader. Once the driver is to end, output that is not taken is dropped. */
  handOn(take: TakeOutput | undefined): TakeOutput {
    let isTaking = false;
    return async (chunk) => {
      if (take === undefined || isTaking) return;
      isTaking = true;
      const taken = Promise.resolve(take(chunk)).finally(() => {
        isTaking = false;
      });
      await orAborted(taken, this.#over.signal).catch(() => {});
    };
  }

  /** The driver's end. `whileItRuns` is done meanwhile. */
  async untilEnded(driver: RunningDriver, whileItRuns: () => Promise<void>): Promise<DriverExit> {
    const { signal, failed } = this.#ending;
    try {
      await whileItRuns();
      return await orAborted(
        failed === undefined ? driver.exited : Promise.race([driver.exited, failed]),
        signal,
      );
    } catch (error) {
      this.#over.abort();
      await driver.stop(stopGraceMs);
      throw error;
    }
  }
}

/** The promise's result, or the signal's reason as soon as it aborts. */
async function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
