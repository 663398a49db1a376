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
    for (let index = 0; ; ) {
      const more = this.#more;
      for (; index < this.#events.length; index++) {
        const event = this.#events[index];
        if (event !== undefined) yield event;
      }
      if (this.#isOver && index >= this.#events.length) return;
      if (index >= this.#events.length) await more;
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
