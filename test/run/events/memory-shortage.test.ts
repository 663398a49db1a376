import { expect, it } from 'vitest';
import { findMemoryShortage } from '../../../src/run/events/event-log.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

/** Events as Spark 4.3 writes them, without the fields that do not matter here. */
const removed = (reason: string) =>
  `{"Event":"SparkListenerExecutorRemoved","Timestamp":1,"Executor ID":"0","Removed Reason":"${reason}"}`;
const failed = (description: string) =>
  `{"Event":"SparkListenerTaskEnd","Stage ID":0,"Task End Reason":{"Reason":"ExceptionFailure","Full Stack Trace":"${description}"}}`;
const environment =
  '{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{"x":"java.lang.OutOfMemoryError"}}';

it.each([
  ['heap', removed('Command exited with code 52')],
  ['heap', failed('java.lang.OutOfMemoryError: Java heap space')],
  ['limit', removed('Command exited with code 137')],
  [
    'limit',
    failed('org.apache.spark.SparkException: Python worker exited unexpectedly (crashed). Consider setting'),
  ],
  [undefined, removed('Command exited with code 1')],
  [undefined, environment],
  [undefined, '{"Event":"SparkListenerTaskEnd","Task End'],
])('a shortage of memory is %s in %s', async (shortage, line) => {
  await using project = temporaryProject();
  await project.write(
    'eventlog/eventlog_v2_app-1/events_1_app-1',
    `${environment}\n${line}\n{"Event":"SparkListenerApplicationEnd"}`,
  );
  expect(await findMemoryShortage(project.path('eventlog'))).toBe(shortage);
});

it('is not there where there is no event log', async () => {
  expect(await findMemoryShortage('/nowhere')).toBe(undefined);
});
