import { expect, it } from 'vitest';
import { logEnd } from '../../src/cluster/log-end.ts';

it('tells what was thrown, however long the stack trace below it is', () => {
  const frames = Array.from(
    { length: 40 },
    (_, index) => `\tat io.netty.channel.Some.method(Some.java:${index})`,
  );
  const lines = [
    '2026-01-31 12:00:00.000 INFO Worker: Connecting to master 127.0.0.1:7077...',
    '2026-01-31 12:00:00.100 WARN Worker: Failed to connect to master 127.0.0.1:7077',
    'org.apache.spark.SparkException: Exception thrown in awaitResult: ',
    ...frames,
    'Caused by: java.lang.SecurityException: wrong secret',
    ...frames,
    '\t... 12 more',
    '',
  ];
  expect(logEnd(lines)).toBe(
    [
      '  2026-01-31 12:00:00.000 INFO Worker: Connecting to master 127.0.0.1:7077...',
      '  2026-01-31 12:00:00.100 WARN Worker: Failed to connect to master 127.0.0.1:7077',
      '  org.apache.spark.SparkException: Exception thrown in awaitResult: ',
      '  Caused by: java.lang.SecurityException: wrong secret',
    ].join('\n'),
  );
});

it('is the last eight lines, none longer than a terminal bears, and says where there are none', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index} ${'x'.repeat(1_000)}`);
  const shown = logEnd(lines).split('\n');
  expect(shown).toHaveLength(8);
  expect(shown[0]).toMatch(/^ {2}line 12 x+$/);
  expect(Math.max(...shown.map(({ length }) => length))).toBe(402);
  expect(logEnd(['', ' '])).toBe('  (nothing)');
});
