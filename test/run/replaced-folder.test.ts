import { readdirSync, readFileSync } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createRunFolder, holdRun, writeInRun, writeRun } from '../../src/run/record/run-store.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { aRun } from './a-run.ts';

const id = 'etl-20260131-235959-3f9a1c';

it('writes nothing through a link that has come into the place of the run folder', async () => {
  await using project = temporaryProject();
  await using elsewhere = temporaryProject();
  const folder = await createRunFolder(project.folder, id);
  const run = aRun({ id, project: project.folder });
  await writeRun(run);
  await rename(folder, `${folder}.moved`);
  await symlink(elsewhere.folder, folder);
  const refused = {
    exitCode: 73,
    hint: expect.stringContaining('A symbolic link has come into its place'),
  };
  await expect(writeRun({ ...run, state: 'failed' })).rejects.toMatchObject(refused);
  await expect(writeInRun(run, 'report.html', '<p>')).rejects.toMatchObject({
    ...refused,
    message: `The run folder ${folder} cannot be written (ELOOP).`,
  });
  await expect(holdRun(project.folder, id, 'eventlog')).rejects.toMatchObject(refused);
  expect(readdirSync(elsewhere.folder)).toEqual([]);
  expect(JSON.parse(readFileSync(`${folder}.moved/run.json`, 'utf8')).state).toBe(run.state);
});

it.runIf(process.platform === 'linux')(
  'holds a folder that is exchanged afterwards: what is written goes where it was meant to go',
  async () => {
    await using project = temporaryProject();
    await using elsewhere = temporaryProject();
    const folder = await createRunFolder(project.folder, id);
    await using held = await holdRun(project.folder, id, 'eventlog');
    await rename(folder, `${folder}.moved`);
    await symlink(elsewhere.folder, folder);
    await project.write('source', 'x');
    await rename(project.path('source'), `${held.path}/app`);
    expect(readdirSync(`${folder}.moved/eventlog`)).toEqual(['app']);
    expect(readdirSync(elsewhere.folder)).toEqual([]);
  },
);
