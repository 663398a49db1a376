import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RunOutput } from '../../src/run/run-output.ts';
import { temporaryProject } from '../support/temporary-project.ts';

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
