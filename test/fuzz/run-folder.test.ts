import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeProgress } from '../../src/cli/render/progress.ts';
import { readArtifacts } from '../../src/run/artifacts.ts';
import { collectEventLogs, findMemoryShortage, runProperty } from '../../src/run/events/event-log.ts';
import { renderReport } from '../../src/run/report/render-report.ts';
import { aRun } from '../run/a-run.ts';
import { fuzzTimeoutMs, holdsForAll } from './fuzz.ts';
import { hostileName, hostileText, spoiltJson, spoiltText, unprintable } from './hostile.ts';
import { aWorld } from './world.ts';

const { id } = aRun();
const metricsFile = spoiltJson({
  schemaVersion: 1,
  metrics: { silhouette: 0.7, k: 5 },
  series: [
    {
      name: 'Silhouette by k',
      x: 'k',
      y: 'silhouette',
      points: [
        [2, 0.5],
        [3, 0.75],
      ],
    },
  ],
});
const eventLog = spoiltText(
  [
    '{"Event":"SparkListenerLogStart","Spark Version":"4.3.0"}',
    `{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{"${runProperty}":"${id}"}}`,
    '{"Event":"SparkListenerExecutorRemoved","Removed Reason":"Command exited with code 52"}',
    '',
  ].join('\n'),
);

it('what a script leaves in its run folder is shown or left out, and harms nothing', {
  timeout: fuzzTimeoutMs,
}, async () => {
  await holdsForAll(
    fc.asyncProperty(
      metricsFile,
      fc.array(fc.tuple(hostileName, hostileText), { maxLength: 4 }),
      fc.array(fc.tuple(hostileName, fc.boolean(), eventLog), { maxLength: 3 }),
      async (metrics, pictures, logs) => {
        await using world = aWorld();
        const folder = join(world.project, '.sparkctl', 'runs', id);
        const shared = join(world.project, '.sparkctl', 'clusters', 'default', 'events');
        for (const each of ['artifacts', 'eventlog']) mkdirSync(join(folder, each), { recursive: true });
        mkdirSync(shared, { recursive: true });
        writeFileSync(join(folder, 'artifacts', 'metrics.json'), metrics);
        for (const [name, content] of pictures)
          writeFileSync(join(folder, 'artifacts', `${name}.svg`), content);
        for (const [index, [name, isRolled, content]] of logs.entries()) {
          const path = join(shared, `${index}${name}`);
          if (isRolled) mkdirSync(path);
          writeFileSync(isRolled ? join(path, 'events_1_x') : path, content);
        }
        const before = world.surroundings();
        const shown: string[] = [];
        const terminal = await makeProgress(
          'plain',
          { stderr: { write: (text) => shown.push(String(text)) }, environment: {} },
          new AbortController().signal,
        );
        const found = await readArtifacts(folder);
        for (const reason of found.problems) terminal.show({ kind: 'artifact-left-out', reason });
        const { metrics: numbers = {}, series = [] } = found.metrics ?? {};
        const page = renderReport(aRun({ metrics: numbers, series }), found.pictures);
        expect(/(?![\t\n])\p{Cc}|<script/u.test(page)).toBe(false);
        for (const application of await collectEventLogs(shared, id, join(folder, 'eventlog')))
          terminal.show({ kind: 'run-lost', run: application });
        await findMemoryShortage(join(folder, 'eventlog'));
        expect(world.surroundings()).toBe(before);
        for (const text of shown) expect(text).not.toMatch(unprintable);
      },
    ),
  );
});
