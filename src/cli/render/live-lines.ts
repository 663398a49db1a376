import cliTruncate from 'cli-truncate';
import type { TextSink } from '../cli-host.ts';

/** Lines at the bottom of a terminal that are drawn again and again. What stays is written above them, while they are cleared. */
export class LiveLines {
  readonly #terminal: TextSink;
  #drawn = 0;

  constructor(terminal: TextSink) {
    this.#terminal = terminal;
  }

  /** Takes the lines away. */
  clear(): void {
    if (this.#drawn > 0) this.#terminal.write(this.#clearing());
    this.#drawn = 0;
  }

  /** Draws lines in place of those before, each cut to the terminal's width: one that wraps could not be taken away. */
  draw(lines: readonly string[]): void {
    const width = Math.max(20, (this.#terminal.columns ?? 80) - 1);
    const text = lines.map((line) => cliTruncate(line, width)).join('\n');
    this.#terminal.write(`${this.#clearing()}${text}`);
    this.#drawn = lines.length;
  }

  #clearing(): string {
    if (this.#drawn === 0) return '';
    return `\r${this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : ''}\u001b[J`;
  }
}
