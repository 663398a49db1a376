import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RunOutput } from '../../src/runs/run-output.ts';
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
