import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApplications } from '../../../src/run/events/read-applications.ts';
import type { RunRecord } from '../../../src/run/record/run-record.ts';
import { renderComparison } from '../../../src/run/report/render-comparison.ts';
import { temporaryFolder } from '../../job/datasets/temporary-folder.ts';
import { aRun } from '../a-run.ts';
import { aLog, stageCompleted, taskEnd } from '../events/a-log.ts';

async function told(changes: Partial<RunRecord>, events: readonly string[] | undefined) {
  const folder = temporaryFolder();
  if (events !== undefined) writeFileSync(join(folder, 'app-1'), aLog(events));
  return { run: aRun(changes), told: await readApplications(folder) };
}

const stage = (id: number, name: string, ms: number) => [
  taskEnd({ stage: id, from: 0, to: ms }),
  stageCompleted(id, name, 0, ms),
];

test('two runs stand side by side: facts, figures, and stages of the same name', async () => {
  const page = renderComparison(
    await told({ durationMs: 30_000 }, [
      ...stage(0, 'count at /p/a.py:1', 4000),
      ...stage(1, 'count at /p/a.py:1', 100),
    ]),
    await told({ durationMs: 20_000 }, [
      ...stage(7, 'count at /q/a.py:1', 1500),
      ...stage(8, '<i>new</i>', 50),
    ]),
  );
  expect(page).toContain('B took 10.0 s less, 1.50 times as fast.');
  expect(page).toContain(
    '<th scope="row">time, ms</th><td>30,000</td><td>20,000</td><td class="number">-10,000</td>',
  );
  const rows = [
    ...page.matchAll(
      /<th scope="row">([^<]*)<\/th><td class="number">([^<]*)<\/td><td class="number">([^<]*)<\/td><td><svg/g,
    ),
  ];
  expect(rows.map(([, ...cells]) => cells)).toEqual([
    ['count at a.py:1', '4.0 s', '1.5 s'],
    ['count at a.py:1', '100 ms', '–'],
    ['&lt;i&gt;new&lt;/i&gt;', '–', '50 ms'],
  ]);
});

test('runs without event logs are compared by their records', async () => {
  const page = renderComparison(await told({}, undefined), await told({ exitCode: 1 }, undefined));
  expect(page).toContain('<th scope="row">exit code</th>');
  expect(page).not.toContain('id="stages"');
});
