import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArtifacts } from '../../src/run/artifacts.ts';
import { temporaryFolder } from '../job/datasets/temporary-folder.ts';

function runWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'artifacts'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'artifacts', name), text);
  return folder;
}

test('metrics and pictures are read, other files are left alone', async () => {
  const metrics = {
    schemaVersion: 1,
    metrics: { silhouette: 0.7, k: 5 },
    series: [{ name: 'Silhouette by k', x: 'k', y: 'silhouette', points: [[2, 0.5]] }],
  };
  const folder = runWith({
    'metrics.json': JSON.stringify(metrics),
    'b.svg': '<svg/>',
    'a.svg': '<svg></svg>',
    'x.txt': 'x',
  });
  expect(await readArtifacts(folder)).toEqual({
    metrics,
    pictures: [
      { name: 'a', svg: '<svg></svg>' },
      { name: 'b', svg: '<svg/>' },
    ],
    problems: [],
  });
});

test('a run without artifacts has none', async () => {
  expect(await readArtifacts(temporaryFolder())).toEqual({ pictures: [], problems: [] });
});

test.each([
  ['{', 'it is no JSON: Expected property name'],
  [
    '{"schemaVersion":1,"metrics":{"k":"five"}}',
    'metrics.k: Invalid input: expected number, received string',
  ],
  ['{"schemaVersion":1,"metrics":{"k":1e999}}', 'metrics.k: '],
  ['{"schemaVersion":2}', 'schemaVersion: '],
])('metrics such as %s are left out, with the reason', async (text, reason) => {
  const { metrics, problems } = await readArtifacts(runWith({ 'metrics.json': text }));
  expect(metrics).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining(`artifacts/metrics.json was left out: ${reason}`)]);
});

test('links out of the folder, folders and huge files are not read', async () => {
  const folder = runWith({ 'huge.svg': 'x'.repeat(2 * 1024 * 1024 + 1) });
  const secret = join(temporaryFolder(), 'secret');
  writeFileSync(secret, 'canary');
  symlinkSync(secret, join(folder, 'artifacts', 'metrics.json'));
  linkSync(secret, join(folder, 'artifacts', 'hard.svg'));
  mkdirSync(join(folder, 'artifacts', 'folder.svg'));
  const read = await readArtifacts(folder);
  expect(JSON.stringify(read)).not.toContain('canary');
  expect(read).toEqual({
    pictures: [],
    problems: [
      'artifacts/folder.svg was left out: it is no file of its own.',
      'artifacts/hard.svg was left out: it is no file of its own.',
      'artifacts/huge.svg was left out: it has more than 2097152 bytes.',
      'artifacts/metrics.json was left out: it is a symbolic link.',
    ],
  });
});

test('a link in the place of the folder is not followed', async () => {
  const folder = temporaryFolder();
  const elsewhere = runWith({ 'metrics.json': '{"schemaVersion":1,"metrics":{"k":5}}', 'a.svg': '<svg/>' });
  symlinkSync(join(elsewhere, 'artifacts'), join(folder, 'artifacts'));
  expect(await readArtifacts(folder)).toEqual({
    pictures: [],
    problems: ['artifacts/ was left out: it is a symbolic link.'],
  });
});
