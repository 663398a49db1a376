import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findLeft, readRuns } from '../../../src/run/record/run-store.ts';
import { deadOwner, writeRunRecord } from '../../support/strange-records.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { aRun } from '../a-run.ts';

describe('the runs of a project', () => {
  it('are over with the last word of a sparkctl that ends while they are read', async () => {
    await using project = temporaryProject();
    const owner = await deadOwner();
    const path = await writeRunRecord(project, { state: 'running', owner });
    const found = await readRuns(project.folder, async () => {
      await writeRunRecord(project, { state: 'succeeded', owner });
      return 'dead';
    });
    expect(found.runs).toMatchObject([{ situation: 'over', record: { state: 'succeeded' } }]);
    expect(JSON.parse(readFileSync(path, 'utf8')).state).toBe('succeeded');
  });

  it('are lost where the sparkctl of a running one is dead, and are where they are found', async () => {
    await using project = temporaryProject();
    await writeRunRecord(project, { state: 'running', owner: await deadOwner(), project: '/somewhere/else' });
    const { runs, damaged } = await readRuns(project.folder);
    expect(damaged).toEqual([]);
    expect(runs).toMatchObject([
      { situation: 'abandoned', record: { id: aRun().id, state: 'lost', project: project.folder } },
    ]);
  });

  it('are left, and go on, where the driver of such a one does not need it', async () => {
    await using project = temporaryProject();
    const driver = { id: '4711', detached: true };
    await writeRunRecord(project, { state: 'running', owner: await deadOwner(), driver });
    const { runs } = await readRuns(project.folder);
    expect(runs).toMatchObject([{ situation: 'left', record: { state: 'running' } }]);
    expect(await findLeft(project.folder, aRun().id)).toEqual(runs[0]?.record);
    await writeRunRecord(project, { state: 'failed', owner: await deadOwner(), driver });
    expect(await findLeft(project.folder, aRun().id)).toBeUndefined();
  });
});
