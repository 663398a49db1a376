import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApplications } from '../../../src/run/events/read-applications.ts';
import { temporaryFolder } from '../../job/datasets/temporary-folder.ts';
import { aLog, logBegan, queryStarted, stageCompleted, taskEnd } from './a-log.ts';

/** Three lines by `zstd`: the beginning of a log, of its application called "packed", and its end. */
const packed = Buffer.from(
  'KLUv/STeBQQA8ocaHGCJ2/YRuyPWetVZTBm24KgFOkf6axsHjAFg4ZxHAxGXqDWK590+wxUiKnlm2m/ZKlxdATDr84JBtBKk/PwyJSDMTJtWK7QSzMzROCZLEni+Teu5PSDq7bQfxOS4bdtvOZJTfp7vtovmjAYAR8jD3PDem7wKTPhd1ZDFJhkBOVMi',
  'base64',
);

async function readText(text: string | Buffer, name = 'app-1') {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  return await readApplications(folder);
}

test('tasks, stages and executors are those of the log', async () => {
  const { applications, problems } = await readText(
    aLog([
      taskEnd({
        from: 1000,
        to: 3000,
        metrics: {
          'Disk Bytes Spilled': 7,
          'Shuffle Read Metrics': { 'Fetch Wait Time': 1, 'Remote Bytes Read': 2, 'Local Bytes Read': 3 },
        },
      }),
      taskEnd({ executor: '1', from: 1000, to: 2000, reason: 'ExceptionFailure' }),
      stageCompleted(0, 'count at a.py:1', 900, 3100),
    ]),
  );
  expect(problems).toEqual([]);
  const [app] = applications;
  expect(app).toMatchObject({
    id: 'app-1',
    name: 'etl',
    startedAt: logBegan,
    endedAt: logBegan + 10_000,
    ended: true,
  });
  expect(app?.executors.map(({ id, cores }) => [id, cores])).toEqual([
    ['0', 1],
    ['1', 1],
  ]);
  expect(app?.stages).toHaveLength(1);
  expect(
    app?.stages[0]?.tasks.map(({ outcome, diskSpilledBytes, shuffleReadBytes }) => [
      outcome,
      diskSpilledBytes,
      shuffleReadBytes,
    ]),
  ).toEqual([
    ['succeeded', 7, 5],
    ['failed', 0, 0],
  ]);
});

test('the numbers of a plan are the sums over its tasks, in milliseconds and bytes', async () => {
  const metrics = [
    { name: 'sort time', accumulatorId: 1, metricType: 'nsTiming' },
    { name: 'spill size', accumulatorId: 2, metricType: 'size' },
    { name: 'never counted', accumulatorId: 3, metricType: 'sum' },
  ];
  const update = (sortedNs: string, spilled: string) => [
    { ID: 1, Update: sortedNs },
    { ID: 2, Update: spilled },
  ];
  const { applications } = await readText(
    aLog([
      queryStarted({
        nodeName: 'Sort',
        simpleString: 'Sort [id]',
        metrics,
        children: [{ nodeName: 'Range' }],
      }),
      taskEnd({ from: 0, to: 1, accumulables: update('2000000', '-1') }),
      taskEnd({ from: 0, to: 1, accumulables: update('3000000', '10') }),
    ]),
  );
  expect(applications[0]?.queries[0]?.plan).toEqual({
    name: 'Sort',
    detail: 'Sort [id]',
    metrics: [
      { name: 'sort time', kind: 'ms', value: 5 },
      { name: 'spill size', kind: 'bytes', value: 10 },
    ],
    children: [{ name: 'Range', detail: '', metrics: [], children: [] }],
  });
});

test('a log that Spark has compressed by zstd is read, and one that was cut off as far as it goes', async () => {
  const whole = await readText(packed, 'app-1.zstd');
  expect(whole.problems).toEqual([]);
  expect(whole.applications[0]).toMatchObject({ name: 'packed', startedAt: 1000, endedAt: 3000 });
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 20);
  expect((await readText(damaged, 'app-1.zstd')).problems).toEqual([
    'Of the event log app-1.zstd the rest could not be read: its compression is damaged.',
  ]);
  expect((await readText('x', 'app-1.lz4')).problems).toEqual([
    'Of the event log app-1.lz4 nothing could be read: it is compressed by lz4; zstd and plain text can be read.',
  ]);
});

test('a log whose writer died tells what it can', async () => {
  const text = aLog([taskEnd({ from: 1000, to: 3000 })]);
  const end = text.indexOf('{"Event":"SparkListenerApplicationEnd"');
  const { applications, problems } = await readText(text.slice(0, end + 50), 'app-1.inprogress');
  expect(applications[0]).toMatchObject({ ended: false, endedAt: logBegan + 3000 });
  expect(problems).toEqual(['In the event log app-1.inprogress 1 line could not be read.']);
});

test('files of a rolled log are read in their order, and links and pipes in their places are not', async () => {
  const folder = temporaryFolder();
  const rolled = join(folder, 'eventlog_v2_app-1');
  mkdirSync(rolled);
  const lines = aLog(
    Array.from({ length: 11 }, (_, id) => stageCompleted(id, `stage ${id}`, id, id + 1)),
  ).split('\n');
  for (const [index, line] of lines.entries())
    writeFileSync(join(rolled, `events_${index + 1}_app-1`), `${line}\n`);
  execFileSync('mkfifo', [join(rolled, 'events_90_app-1'), join(folder, 'pipe')]);
  symlinkSync('/etc/passwd', join(rolled, 'events_91_app-1'));
  symlinkSync('/etc/passwd', join(folder, 'app-2'));
  const { applications, problems } = await readApplications(folder);
  expect(applications.map(({ id, ended, stages }) => [id, ended, stages.length])).toEqual([
    ['app-1', true, 11],
  ]);
  expect(problems).toHaveLength(2);
});

test('lines of a hostile log are left out, and none ends the reading', async () => {
  let deep = '{"nodeName":"x"}';
  for (let depth = 0; depth < 5000; depth += 1) deep = `{"nodeName":"x","children":[${deep}]}`;
  const { applications, problems } = await readText(
    aLog([
      'no JSON\n',
      '{"Event":"SparkListenerTaskEnd"\n',
      '{"Event":"SparkListenerTaskEnd","Stage ID":"__proto__"}\n',
      '{"Event":"constructor"}\n',
      `{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":1,"description":"d","time":5,"sparkPlanInfo":${deep}}\n`,
      taskEnd({ from: 5, to: 2, metrics: { 'Executor Run Time': -5, 'JVM GC Time': 'x' } }),
    ]),
  );
  expect(problems).toEqual(['In the event log app-1 3 lines could not be read.']);
  const [task] = applications[0]?.stages[0]?.tasks ?? [];
  expect(task).toMatchObject({ launchedAt: logBegan + 5, finishedAt: logBegan + 5, runMs: 0, gcMs: 0 });
});
