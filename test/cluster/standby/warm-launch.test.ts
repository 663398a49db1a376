import { expect, it } from 'vitest';
import { warmLaunch } from '../../../src/cluster/standby/warm-launch.ts';
import type { SparkSubmission } from '../../../src/spark/spark-submit.ts';

const submission: SparkSubmission = {
  master: 'spark://127.0.0.1:7077',
  properties: [
    { 'spark.eventLog.enabled': 'true' },
    { 'spark.sparkctl.run': 'r1', 'spark.sql.shuffle.partitions': '4' },
  ],
  propertiesFiles: [],
  options: [
    { name: '--name', value: 'mine' },
    { name: '--conf', value: 'spark.sql.ansi.enabled=false' },
    { name: '--conf', value: 'spark.executor.memory=512m' },
    { name: '--py-files', value: 'a.zip' },
  ],
  application: '/project/job.py',
  applicationArguments: ['1', '--conf'],
};

it('divides a submission into what a driver is started with and what it learns with its script', () => {
  expect(warmLaunch(submission, {})).toEqual({
    options: [
      ...['--master', 'spark://127.0.0.1:7077', '--conf', 'spark.eventLog.enabled=true'],
      ...['--conf', 'spark.executor.memory=512m', '--py-files', 'a.zip'],
    ],
    properties: {
      'spark.sparkctl.run': 'r1',
      'spark.sql.shuffle.partitions': '4',
      'spark.sql.ansi.enabled': 'false',
      'spark.app.name': 'mine',
    },
    script: '/project/job.py',
    arguments: ['1', '--conf'],
  });
});

it('has an option of its own win over --conf, as spark-submit has', () => {
  const options = [
    { name: '--name', value: 'by option' },
    { name: '--conf', value: 'spark.app.name=by conf' },
  ] as const;
  expect(warmLaunch({ ...submission, options }, {})).toMatchObject({
    properties: { 'spark.app.name': 'by option' },
  });
});

it.each([
  ['a jar', { application: '/project/app.jar' }, {}, 'not-python'],
  ['a script elsewhere', { application: 'hdfs:///job.py' }, {}, 'not-python'],
  ['a secret', {}, { 'spark.hadoop.fs.s3a.secret.key': 'x' }, 'secrets'],
  ['--verbose', { options: [{ name: '--verbose' } as const] }, {}, 'verbose'],
])('says why %s needs a driver of its own', (_, part, secrets, why) => {
  expect(warmLaunch({ ...submission, ...part }, secrets)).toEqual({ why });
});
