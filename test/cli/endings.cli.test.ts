import { appendFileSync, closeSync, openSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { createRunFolder, writeRun } from '../../src/run/record/run-store.ts';
import { ownIdentity } from '../../src/system/processes/process-identity.ts';
import { aRun } from '../run/a-run.ts';
import { inTerminal } from '../support/in-terminal.ts';
import { repository } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const program = join(repository, 'bin/sparkctl.js');

/** A project with a run that this process looks after, and what its script has printed. */
async function projectWithRun(printed: string) {
  const project = temporaryProject();
  const owner = await ownIdentity();
  const id = 'etl-20260131-120000-aaaaaa';
  const folder = await createRunFolder(project.folder, id);
  await writeRun(aRun({ id, project: project.folder, state: 'running', owner }));
  const log = join(folder, 'stdout.log');
  await writeFile(log, printed);
  return { ...project, log };
}

it('a terminal that is closed ends a command with 143, also where no signal comes', async () => {
  await using project = await projectWithRun('working\n');
  for (const kind of ['plain', 'controlling'] as const) {
    const running = inTerminal(kind, ['runs', 'logs', '-f'], project.folder);
    await running.printed('working');
    running.close();
    appendFileSync(project.log, 'more\n');
    expect(await running.exitCode, kind).toBe(143);
  }
});

it('a full disk behind stdout is 74, and says so', async () => {
  await using project = await projectWithRun('');
  // Writing to it fails as on a full disk.
  const full = openSync('/dev/full', 'w') as 3;
  try {
    const { exitCode, stderr } = await execa(process.execPath, [program, 'runs', 'list'], {
      cwd: project.folder,
      stdout: full,
      reject: false,
    });
    expect(exitCode, stderr).toBe(74);
    expect(stderr).toBe(
      'sparkctl: Standard output cannot be written (ENOSPC), so the command was ended.\n  Hint: The disk behind it is full: free some space, or send it elsewhere.',
    );
  } finally {
    closeSync(full);
  }
});

it('what is written in part only is 74', async () => {
  await using project = await projectWithRun(`${'x'.repeat(102_399)}\n`);
  const path = project.path('out');
  const file = openSync(path, 'w') as 3;
  try {
    // The system takes the first 65,536 bytes of the line and no more, as the last bit of a disk.
    const { exitCode } = await execa(
      'prlimit',
      ['--fsize=65536', process.execPath, program, 'runs', 'logs'],
      { cwd: project.folder, stdout: file, reject: false },
    );
    expect(statSync(path).size).toBe(65_536);
    expect(exitCode).toBe(74);
  } finally {
    closeSync(file);
  }
});
