import { expect, test } from 'vitest';
import { splitSecrets } from '../../src/spark/secrets.ts';
import { sparkSubmitArguments } from '../../src/spark/spark-submit.ts';

const submission = { propertiesFiles: [], application: 'job.py', applicationArguments: ['--password', 'x'] };

test('secret properties leave the arguments, the last of a name counts, and nothing else changes', () => {
  const split = splitSecrets({
    ...submission,
    properties: [{ 'spark.a.password': 'one', 'spark.b': '1' }, { 'spark.hadoop.fs.s3a.access.key': 'two' }],
    options: [
      { name: '--conf', value: 'spark.a.password=three=3' },
      { name: '--conf', value: 'spark.c=token' },
      { name: '--verbose' },
    ],
  });
  expect(split.secretProperties).toEqual({
    'spark.a.password': 'three=3',
    'spark.hadoop.fs.s3a.access.key': 'two',
  });
  expect(sparkSubmitArguments(split.submission)).toEqual([
    ...['--conf', 'spark.b=1', '--conf', 'spark.c=token', '--verbose', 'job.py', '--password', 'x'],
  ]);
});

test('a submission without secrets needs no private file', () => {
  const plain = { ...submission, properties: [{ 'spark.b': '1' }], options: [] };
  expect(splitSecrets(plain)).toEqual({ submission: plain, secretProperties: {} });
});
