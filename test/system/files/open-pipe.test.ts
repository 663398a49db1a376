import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openPipe } from '../../../src/system/files/open-pipe.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

test('gives what is written until nobody writes any more', async () => {
  await using project = temporaryProject();
  const path = project.path('pipe');
  execFileSync('mkfifo', [path]);
  const writer = spawn('sh', ['-c', 'exec 3<>"$1"; printf one >&3; echo open; read wait', '-', path]);
  await once(writer.stdout, 'data');
  const reading = text(openPipe(path));
  writer.stdin.end();
  expect(await reading).toBe('one');
});

test('comes to the end where the program has closed the pipe before', async () => {
  await using project = temporaryProject();
  const path = project.path('pipe');
  execFileSync('mkfifo', [path]);
  execFileSync('sh', ['-c', 'exec 3<>"$1"; printf lost >&3', '-', path]);
  expect(await text(openPipe(path))).toBe('');
});

test('does not open what has taken the place of a pipe', async () => {
  await using project = temporaryProject();
  const path = project.path('pipe');
  await writeFile(path, 'text');
  expect(() => openPipe(path)).toThrow(/is no pipe/);
});
