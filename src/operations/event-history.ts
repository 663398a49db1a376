import type { SparkctlEvent } from '../system/event.ts';

/** The events of a run as they come. Each reader gets all of them, those that came before it began among them. */
export class EventHistory implements AsyncIterable<SparkctlEvent> {
  readonly #events: SparkctlEvent[] = [];
  #isOver = false;
  #wake: () => void = () => {};
  #more = this.#nextWake();

  get events(): readonly SparkctlEvent[] {
    return this.#events;
  }

  add(event: SparkctlEvent): void {
    this.#events.push(event);
    this.#notify();
  }

  /** Ends every reader once it has read all. */
  end(): void {
    this.#isOver = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SparkctlEvent> {
    for (let read = 0; ; ) {
      // Taken before the events are read: one that comes meanwhile ends the wait.
      const more = this.#more;
      const fresh = this.#events.slice(read);
      read += fresh.length;
      yield* fresh;
      if (fresh.length > 0) continue;
      if (this.#isOver) return;
      await more;
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#more = this.#nextWake();
    wake();
  }

  #nextWake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
