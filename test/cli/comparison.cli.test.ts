import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { writeRunRecord } from '../support/strange-records.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const [a, b] = ['etl-20260131-120000-aaaaaa', 'etl-20260131-120001-bbbbbb'];

it('runs diff --html writes a page where it is told to, and says so where it cannot', async () => {
  await using project = temporaryProject();
  const run = (...words: readonly string[]) => sparkctl(words, { cwd: project.folder });
  await writeRunRecord(project, { id: a, state: 'succeeded', exitCode: 0 });
  await writeRunRecord(project, { id: b, state: 'failed', exitCode: 1 });
  const written = await run('runs', 'diff', a, b, '--html', 'page.html');
  expect(written, written.stderr).toMatchObject({ exitCode: 0 });
  expect(written.stdout).toContain('exit code');
  expect(readFileSync(project.path('page.html'), 'utf8')).toMatch(
    /^<!doctype html>.*<td>succeeded<\/td><td>failed<\/td>/s,
  );
  const refused = await run('runs', 'diff', a, b, '--html', 'nowhere/page.html');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain(`The page ${project.path('nowhere/page.html')} cannot be written`);
});
