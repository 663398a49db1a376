import type { Reporter, TestCase } from 'vitest/node';
import { allHold, faultTable, type TriedFault, verdictOf } from './fault-table.ts';
import './observation.ts';

/** Prints the table of the faults once all were tried. */
export default class FaultReporter implements Reporter {
  readonly #tried: TriedFault[] = [];

  onTestCaseResult(test: TestCase): void {
    const { fault } = test.meta();
    const { state } = test.result();
    if (fault !== undefined && state !== 'pending') this.#tried.push({ ...fault, outcome: state });
  }

  onTestRunEnd(): void {
    if (this.#tried.length === 0) return;
    process.stdout.write(`\n${faultTable(this.#tried).join('\n')}\n\n${verdictOf(this.#tried)}\n`);
    if (!allHold(this.#tried)) process.exitCode = 1;
  }
}
