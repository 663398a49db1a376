import { expect, it } from 'vitest';
import { compatibilityCases } from './compatibility-cases.ts';
import type { CompatibilityResult } from './compatibility-result.ts';
import { compatibilityTable } from './compatibility-table.ts';

const result = (name: string, more: Partial<CompatibilityResult> = {}): CompatibilityResult => ({
  part: name,
  uses: 'something',
  way: 'local',
  reference: { exitCode: 0, seconds: 12.34 },
  own: { exitCode: 0, seconds: 9 },
  lines: 1,
  files: 2,
  isAsExpected: true,
  ...more,
});

it('shows a part of a submission a line: equal, explained or different', () => {
  const table = compatibilityTable([
    result('a.py'),
    result('a.py', { way: 'warm local', own: { exitCode: 0, seconds: 1 } }),
    result('a.py', { way: 'docker', own: { exitCode: 0, seconds: 7.25 } }),
    result('b.py', { files: 0, why: 'A container has no variables of your shell' }),
    result('c.py', { isAsExpected: false, own: { exitCode: undefined, seconds: 1 } }),
    result('c.py', { isAsExpected: false, way: 'docker' }),
  ]);
  expect(table).toBe(
    [
      'SCRIPT  WHAT IT USES  SPARK-SUBMIT  LOCAL          DOCKER    VERDICT',
      'a.py    something     0  12.3 s     0  9.0, 1.0 s  0  7.3 s  equal: 1 line, 2 files',
      'b.py    something     0  12.3 s     0  9.0 s       not run   explained: A container',
      '                                                             has no variables of your',
      '                                                             shell',
      'c.py    something     0  12.3 s     ?  1.0 s       0  9.0 s  DIFFERENT on local and',
      '                                                             docker',
      '',
    ].join('\n'),
  );
});

it('fits into 120 columns', () => {
  const table = compatibilityTable(
    compatibilityCases
      .flatMap(({ parts }) => parts)
      .map(({ name, uses, differs }) =>
        result(name, {
          uses,
          lines: 100,
          files: 100,
          own: { exitCode: 42, seconds: 100 },
          ...(differs?.docker && { why: differs.docker.why }),
        }),
      ),
  );
  const widest = Math.max(...table.split('\n').map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(120);
});
