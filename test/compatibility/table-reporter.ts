import type { Reporter, TestModule } from 'vitest/node';
import { compatibilityTable } from './compatibility-table.ts';

/** Prints the table of the compatibility suite at the end; nothing where the suite was not run. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().compatibility ?? []),
    );
    if (results.length > 0) process.stdout.write(`\n${compatibilityTable(results)}`);
  }
}
