import { closeSync, linkSync, openSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RunOutput } from '../../../src/run/driver/run-output.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

it('what comes after the files are closed is dropped, and never written into another file', async () => {
  await using project = temporaryProject();
  const output = new RunOutput(project.folder);
  output.stdout(Buffer.from('before\n'));
  output[Symbol.dispose]();
  // The next files that are opened get the numbers of those that were closed.
  const others = ['a', 'b'].map((name) => openSync(project.path(name), 'w'));
  output.stdout(Buffer.from('after\n'));
  output.stderr(Buffer.from('after\n'));
  for (const other of others) closeSync(other);
  expect(['a', 'b'].map((name) => readFileSync(project.path(name), 'utf8'))).toEqual(['', '']);
  expect(readFileSync(project.path('stdout.log'), 'utf8')).toBe('before\n');
});

it('the last that was printed is at hand, however it was cut', async () => {
  await using project = temporaryProject();
  using output = new RunOutput(project.folder);
  const lines = Array.from({ length: 30_000 }, (_, number) => `line ${number}\n`).join('');
  for (let at = 0; at < lines.length; at += 1_000) output.stdout(Buffer.from(lines.slice(at, at + 1_000)));
  const last = output.lastPrinted('stdout');
  expect(lines.endsWith(last)).toBe(true);
  expect(last.length).toBeGreaterThanOrEqual(65_536);
  expect(last.length).toBeLessThan(70_000);
  output.stdout(Buffer.from(lines));
  expect(lines.endsWith(output.lastPrinted('stdout'))).toBe(true);
  expect(output.lastPrinted('stderr')).toBe('');
});

it('of a run that is taken up, what others keep stays, and what is handed on begins at its beginning', async () => {
  await using project = temporaryProject();
  for (const name of ['stdout.log', 'stderr.log']) await project.write(name, 'before\n');
  using output = new RunOutput(project.folder, true);
  expect(output.lastPrinted('stderr')).toBe('before\n');
  output.stdout(Buffer.from('before\n'));
  output.stdout(Buffer.from('after\n'));
  expect(output.lastPrinted('stdout')).toBe('before\nafter\n');
  expect(readFileSync(project.path('stdout.log'), 'utf8')).toBe('before\nafter\n');
  expect(readFileSync(project.path('stderr.log'), 'utf8')).toBe('before\n');
});

it('nothing is written through a link that has come into the place of a log', async () => {
  await using project = temporaryProject();
  await project.write('other', 'its own');
  symlinkSync(project.path('other'), project.path('stdout.log'));
  expect(() => new RunOutput(project.folder, true)).toThrow('ELOOP');
  linkSync(project.path('other'), project.path('hard'));
  renameSync(project.path('hard'), project.path('stdout.log'));
  expect(() => new RunOutput(project.folder, true)).toThrow('no file of its own');
  expect(readFileSync(project.path('other'), 'utf8')).toBe('its own');
});
