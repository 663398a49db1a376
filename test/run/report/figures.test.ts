import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApplications } from '../../../src/run/events/read-applications.ts';
import { type Analysis, analyse } from '../../../src/run/report/figures.ts';
import { temporaryFolder } from '../../job/datasets/temporary-folder.ts';
import { aLog, queryStarted, stageCompleted, taskEnd } from '../events/a-log.ts';

async function analysed(events: readonly string[], lasts = 60_000): Promise<Analysis> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app-1'), aLog(events, { lasts }));
  const { applications } = await readApplications(folder);
  if (applications[0] === undefined) throw new Error('There is no application.');
  return analyse(applications[0]);
}

const mebibyte = 1024 ** 2;
const plan = (name: string, files: number, bytes: number) => [
  queryStarted({
    nodeName: name,
    metrics: [
      { name: 'number of files read', accumulatorId: 1, metricType: 'sum' },
      { name: 'size of files read', accumulatorId: 2, metricType: 'size' },
      { name: 'data size', accumulatorId: 2, metricType: 'size' },
    ],
  }),
  taskEnd({
    from: 0,
    to: 1,
    accumulables: [
      { ID: 1, Update: files },
      { ID: 2, Update: bytes },
    ],
  }),
];
const tasks = (count: number, ms: number, metrics: object = {}) =>
  Array.from({ length: count }, () => taskEnd({ from: 0, to: ms, metrics }));

test.each([
  { id: 'skew', events: [...tasks(9, 1000), taskEnd({ from: 0, to: 9000 })], level: 'warning', value: 9 },
  { id: 'skew', events: [...tasks(9, 500), taskEnd({ from: 0, to: 9000 })], level: 'severe', value: 18 },
  { id: 'skew', events: [...tasks(9, 100), taskEnd({ from: 0, to: 4000 })], level: 'fine', value: 40 },
  { id: 'skew', events: tasks(2, 9000), level: 'unknown', value: undefined },
  { id: 'disk-spill', events: tasks(2, 10, { 'Disk Bytes Spilled': 4 }), level: 'severe', value: 8 },
  { id: 'memory-spill', events: tasks(2, 10, { 'Memory Bytes Spilled': 4 }), level: 'warning', value: 8 },
  { id: 'gc', events: tasks(4, 10_000, { 'JVM GC Time': 900 }), level: 'fine', value: 0.09 },
  { id: 'gc', events: tasks(4, 10_000, { 'JVM GC Time': 1500 }), level: 'warning', value: 0.15 },
  { id: 'gc', events: tasks(4, 10_000, { 'JVM GC Time': 2500 }), level: 'severe', value: 0.25 },
  { id: 'idle-cores', events: tasks(2, 50_000), level: 'fine', value: 1 / 6 },
  { id: 'idle-cores', events: tasks(1, 30_000), level: 'note', value: 0.75 },
  { id: 'driver-time', events: tasks(2, 20_000), level: 'note', value: 40_000 },
  { id: 'driver-time', events: tasks(2, 40_000), level: 'fine', value: 20_000 },
  { id: 'small-tasks', events: tasks(5001, 100), level: 'warning', value: 5001 },
  { id: 'small-tasks', events: tasks(5000, 100), level: 'fine', value: 5000 },
  {
    id: 'shuffle',
    events: tasks(1, 10, {
      'Input Metrics': { 'Bytes Read': 100 * mebibyte, 'Records Read': 1 },
      'Shuffle Write Metrics': { 'Shuffle Bytes Written': 201 * mebibyte },
    }),
    level: 'warning',
    value: 201 * mebibyte,
  },
  {
    id: 'largest-partition',
    events: tasks(1, 10, { 'Input Metrics': { 'Bytes Read': 5121 * mebibyte, 'Records Read': 1 } }),
    level: 'warning',
    value: 5121 * mebibyte,
  },
  {
    id: 'broadcast',
    events: plan('BroadcastExchange', 0, 1025 * mebibyte),
    level: 'severe',
    value: 1025 * mebibyte,
  },
  { id: 'files-read', events: plan('Scan json', 101, 101 * mebibyte), level: 'warning', value: 101 },
  { id: 'files-read', events: plan('Scan json', 101, 404 * mebibyte), level: 'fine', value: 101 },
  {
    id: 'failed-tasks',
    events: [taskEnd({ from: 0, to: 1, reason: 'ExceptionFailure' })],
    level: 'warning',
    value: 1,
  },
])('$id of $value is $level', async ({ id, events, level, value }) => {
  const { figures } = await analysed(events);
  const figure = figures.find((each) => each.id === id);
  expect([figure?.level, figure?.value]).toEqual([
    level,
    value === undefined ? value : expect.closeTo(value, 6),
  ]);
});

test('limits are lower in a short run', async () => {
  const events = [...tasks(9, 50), taskEnd({ from: 0, to: 900 })];
  const skew = ({ figures }: Analysis) => figures.find(({ id }) => id === 'skew')?.level;
  expect([skew(await analysed(events, 5_000)), skew(await analysed(events))]).toEqual(['severe', 'fine']);
});

test('all advice has the number that speaks for it', async () => {
  const { figures } = await analysed([
    ...tasks(9, 500, { 'Disk Bytes Spilled': 1, 'JVM GC Time': 5000 }),
    taskEnd({ from: 0, to: 9000, reason: 'ExceptionFailure' }),
    ...plan('BroadcastExchange', 1000, 1025 * mebibyte),
  ]);
  const advised = figures.flatMap(({ id, advice }) => (advice === undefined ? [] : [{ id, advice }]));
  expect(advised.map(({ id }) => id)).toEqual([
    'failed-tasks',
    'disk-spill',
    'gc',
    'driver-time',
    'idle-cores',
    'broadcast',
    'files-read',
  ]);
  for (const { advice } of advised) expect(advice).toMatch(/\d/);
});

test('more executors shorten a run only where its tasks are many', async () => {
  const estimates = async (events: readonly string[]) =>
    (await analysed(events)).work.estimates.map(({ executors, ms }) => [executors, Math.round(ms / 1000)]);
  expect(await estimates([...tasks(40, 2000), stageCompleted(0, 's', 0, 60_000)])).toEqual([
    [1, 138],
    [2, 98],
    [4, 78],
    [8, 68],
  ]);
  expect(new Set((await estimates(tasks(1, 60_000))).map(([, seconds]) => seconds))).toEqual(new Set([60]));
});
