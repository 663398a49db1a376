import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectEventLogs, findMemoryShortage, runProperty } from '../../../src/run/events/event-log.ts';
import { temporaryFolder } from '../../job/datasets/temporary-folder.ts';

const run = 'etl-20260131-120000-aaaaaa';
const head = `{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{"${runProperty}":"${run}"}}\n`;

test('what is no event log, whatever it is, is passed over', async () => {
  const [from, to, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  writeFileSync(join(from, 'app-20260131120000-0000'), head);
  writeFileSync(join(other, 'secret'), head);
  symlinkSync(join(from, 'nowhere'), join(from, 'dangling'));
  symlinkSync(join(other, 'secret'), join(from, 'app-link'));
  execFileSync('mkfifo', [join(from, 'pipe')]);
  mkdirSync(join(from, 'eventlog_v2_empty'));
  mkdirSync(join(from, 'eventlog_v2_app-20260131120001-0001'));
  const rolled = join(from, 'eventlog_v2_app-20260131120001-0001');
  writeFileSync(join(rolled, 'events_1_app'), head);
  symlinkSync(join(other, 'secret'), join(rolled, 'events_2_app'));
  expect(await collectEventLogs(from, run, to)).toHaveLength(2);
  expect(readdirSync(to, { recursive: true }).sort()).toEqual([
    'app-20260131120000-0000',
    'eventlog_v2_app-20260131120001-0001',
    'eventlog_v2_app-20260131120001-0001/events_1_app',
  ]);
  execFileSync('mkfifo', [join(to, 'pipe')]);
  symlinkSync(join(from, 'nowhere'), join(to, 'dangling'));
  expect(await findMemoryShortage(to)).toBeUndefined();
});
