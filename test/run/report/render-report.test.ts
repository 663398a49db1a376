import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApplications } from '../../../src/run/events/read-applications.ts';
import { niceTicks } from '../../../src/run/report/line-chart.ts';
import { renderReport } from '../../../src/run/report/render-report.ts';
import { temporaryFolder } from '../../job/datasets/temporary-folder.ts';
import { aRun } from '../a-run.ts';
import { aLog, queryStarted, stageCompleted, taskEnd } from '../events/a-log.ts';

const hostile = `<script>alert("1")</script>&'\u202egnp.exe`;
const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffdgnp.exe';

async function reportOfLog(events: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app-1'), aLog(events));
  return renderReport(aRun(), [], await readApplications(folder));
}

test('whatever a script or its data say is text on the page, never markup', () => {
  const page = renderReport(
    aRun({
      message: hostile,
      job: { name: hostile, script: hostile, arguments: [] },
      checks: [
        { kind: 'x', name: hostile, status: 'failed', expected: hostile, found: hostile, detail: hostile },
      ],
      metrics: { [hostile]: 1 },
      series: [{ name: hostile, x: hostile, y: hostile, points: [[1, 1]] }],
      command: [hostile],
    }),
    [{ name: hostile, svg: '<svg onload="alert(1)"></svg>' }],
  );
  expect(page).not.toContain('<script');
  expect(page).not.toContain('onload');
  expect(page.split(escaped).length).toBeGreaterThan(10);
});

test('names in an event log are text on the page, too', async () => {
  const plan = {
    nodeName: hostile,
    simpleString: hostile,
    metrics: [{ name: hostile, accumulatorId: 1, metricType: 'sum' }],
  };
  const page = await reportOfLog([
    `{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":${JSON.stringify({ 'spark.app.name': hostile, [`spark.sql.${hostile}`]: hostile })}}\n`,
    queryStarted({ ...plan, children: [plan, plan] }),
    taskEnd({ executor: hostile, from: 0, to: 1000, accumulables: [{ ID: 1, Update: '5' }] }),
    stageCompleted(0, hostile, 0, 1000),
  ]);
  expect(page.split(escaped).length).toBeGreaterThan(8);
  expect(page).not.toMatch(/<script|\u202e/);
});

test('ten thousand tasks fit into two megabytes, in a thousand stages or in one', async () => {
  const tasks = (stages: number) =>
    Array.from({ length: 10_000 }, (_, index) =>
      taskEnd({
        stage: index % stages,
        executor: String(index % 40),
        from: Math.floor(index / 80) * 80,
        to: Math.floor(index / 80) * 80 + 75,
      }),
    );
  for (const stages of [1, 1000]) {
    const page = await reportOfLog(tasks(stages));
    expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
    expect(page).toContain('10,000 tasks');
  }
});

test('a long task is underlined, marked in the table, and advised on with its number', async () => {
  const tasks = [300, 300, 400, 8000].map((ms) => taskEnd({ from: 0, to: ms }));
  const page = await reportOfLog([...tasks, stageCompleted(0, 'join at a.py:1', 0, 8000)]);
  expect(page).toContain('class="underline"');
  expect(page).toContain('<data class="skew" value="26.666666666666668">26.7× !</data>');
  expect(page).toContain('Stage 0 waits for its longest task: 8.0 s, 26.7× the median of 300 ms.');
});

test('what a log lacks is said', async () => {
  expect(renderReport(aRun(), [], { applications: [], problems: ['Of it nothing.'] })).toMatch(
    /<li>Of it nothing\.<\/li><li>There is no event log,/,
  );
});

test('the page fetches nothing and runs nothing', () => {
  const page = renderReport(aRun(), [{ name: 'a', svg: '<svg/>' }]);
  expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
  expect(page).toContain(`src="data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}"`);
  expect(page.match(/(?:src|href)="(?!data:|#)/g)).toBeNull();
  expect(page).not.toContain('<script');
});

test('a run that failed says so, with what to do', () => {
  const page = renderReport(
    aRun({ state: 'failed', exitCode: 69, cause: 'cluster', message: 'No worker.', hint: 'Start one.' }),
    [],
  );
  expect(page).toContain('<span class="state">✗ failed</span>');
  expect(page).toContain('<div class="message">No worker.\nStart one.</div>');
  expect(page).toContain('<b>69</b><span>exit code (cluster)</span>');
});

test.each([
  { values: [0.31, 0.52], about: 5, labels: ['0.30', '0.35', '0.40', '0.45', '0.50', '0.55'] },
  { values: [2, 10], about: 8, labels: ['2', '3', '4', '5', '6', '7', '8', '9', '10'] },
  { values: [20_000, 1_900], about: 4, labels: ['0', '5,000', '10,000', '15,000', '20,000'] },
  { values: [7, 7], about: 4, labels: ['6', '8'] },
  { values: [0], about: 2, labels: ['0.0', '0.5'] },
])('an axis for $values has the labels $labels', ({ values, about, labels }) => {
  const { ticks, label, share } = niceTicks(values, about);
  expect(ticks.map(label)).toEqual(labels);
  for (const value of values) {
    expect(share(value)).toBeGreaterThanOrEqual(0);
    expect(share(value)).toBeLessThanOrEqual(1);
  }
});

test('a line may have very many points, and numbers at the ends of what they can be', () => {
  const many = Array.from({ length: 200_000 }, (_, x): [number, number] => [x, Math.sin(x)]);
  const ends: [number, number][] = [
    [-1.7e308, 5e-324],
    [1.7e308, 0],
  ];
  const page = renderReport(
    aRun({ series: [many, ends].map((points) => ({ name: 'n', x: 'x', y: 'y', points })) }),
    [],
  );
  // The page is far too long to be shown.
  expect(/NaN|Infinity/.test(page)).toBe(false);
  expect(page.match(/<circle/g)?.length).toBe(2);
});
