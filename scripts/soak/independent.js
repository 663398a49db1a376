import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Asks the program that knows neither Spark nor sparkctl. */
export function independently(repository, ...words) {
  const program = join(repository, 'test/faults/independent-check.py');
  return JSON.parse(execFileSync('python3', [program, ...words], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
}
