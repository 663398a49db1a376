import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRunFolder, runFolder, writeRun } from '../../src/run/record/run-store.ts';
import { aRun } from '../run/a-run.ts';
import { faultsOf } from '../support/answers.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

const [a, b, bare] = [
  'etl-20260131-120000-aaaaaa',
  'etl-20260131-130000-bbbbbb',
  'etl-20260131-140000-cccccc',
];

let project: TemporaryProject;
beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await run(a, [1, 30, 'Paris'], [2, 40, 'Ulm'], [3, 50, 'Ulm']);
  await run(b, [1, 31, 'P\u001b[2Jris'], [3, 50, 'Ulm'], [4, 1, 'x'], [5, 1, 'x'], [6, 1, 'x'], [7, 1, 'x']);
  await run(bare);
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** Makes a run whose table has these rows, in their order. */
async function run(id: string, ...rows: readonly (readonly unknown[])[]): Promise<void> {
  await createRunFolder(project.folder, id);
  await writeRun(aRun({ id, project: project.folder }));
  if (rows.length === 0) return;
  const header = { schemaVersion: 1, table: 'users', primaryKey: ['id'], columns: ['id', 'age', 'city'] };
  const text = [header, ...rows].map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(runFolder(project.folder, id), 'table.jsonl.gz'), gzipSync(text));
}

const diff = (...words: readonly string[]) =>
  sparkctl(['runs', 'diff', '--data', ...words], { cwd: project.folder });

it('shows the rows that two runs do not have in common, by their key', async () => {
  const { stdout, exitCode } = await diff(a, b);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(`A  ${a}, 3 rows
B  ${b}, 6 rows

4 rows added
  id 4
  id 5
  id 6
  …
1 row removed
  id 2
1 row changed
  id 1: age 30 -> 31, city "Paris" -> "P\\u001b[2Jris"
Changed: age in 1 row, city in 1 row
`);
  expect((await diff(a, a)).stdout).toBe(`A  ${a}, 3 rows\nB  ${a}, 3 rows\n\nThe rows are the same.\n`);
});

it('tells programs the same', async () => {
  const { stdout } = await diff('--json', b, a);
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    a: b,
    b: a,
    primaryKey: ['id'],
    rows: { a: 6, b: 3 },
    added: { rows: 1, samples: [{ key: [2] }] },
    removed: { rows: 4, samples: [{ key: [4] }, { key: [5] }, { key: [6] }] },
    changed: {
      rows: 1,
      samples: [
        {
          key: [1],
          values: [
            { column: 'age', a: 31, b: 30 },
            { column: 'city', a: 'P\u001b[2Jris', b: 'Paris' },
          ],
        },
      ],
    },
    columns: { age: 1, city: 1 },
    only: { a: [], b: [] },
  });
});

it('says how a run keeps its table', async () => {
  const { stderr, exitCode } = await diff(a, bare);
  expect(stderr).toContain(`Run ${bare} has kept no table.\n  Hint: Write keep: 5 into the manifest`);
  expect(exitCode).toBe(66);
});

it('says the same as JSON, by its schema', async () => {
  const { stdout, exitCode } = await diff(a, b, '--json');
  expect(exitCode).toBe(0);
  const answer = JSON.parse(stdout);
  expect(faultsOf('runs-diff-data', answer)).toEqual([]);
  expect(answer).toMatchObject({ a, b, added: { rows: 4 }, removed: { rows: 1 }, changed: { rows: 1 } });
});
