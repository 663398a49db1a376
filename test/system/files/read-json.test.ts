import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson } from '../../../src/system/files/read-json.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

const schema = z.object({ schemaVersion: z.literal(1), name: z.string() });
const good = JSON.stringify({ schemaVersion: 1, name: 'x' });

describe('reading a record', () => {
  it('gives its value, or says that there is none', async () => {
    await using project = temporaryProject();
    const path = await project.write('a.json', good);
    expect(await readJson(path, schema)).toEqual({ kind: 'value', value: { schemaVersion: 1, name: 'x' } });
    expect(await readJson(project.path('b.json'), schema)).toEqual({ kind: 'absent' });
    expect(await readJson(project.path('a.json/b.json'), schema)).toEqual({ kind: 'absent' });
  });

  it.each([
    ['half of it', good.slice(0, -5), /^it is no JSON: /],
    ['nothing', '', /^it is no JSON: /],
    ['bytes that are no text', new Uint8Array([0xff, 0, 0xc3]), /^it is no JSON: /],
    ['deep nesting', '['.repeat(200_000), /./],
    ['another type', 'null', /expected object/],
    ['another version', '{"schemaVersion": 2, "name": "x"}', /^schemaVersion: /],
    ['a field of another type', '{"schemaVersion": 1, "name": {}}', /^name: .*expected string/],
  ])('names what is damaged by %s', async (_, content, reason) => {
    await using project = temporaryProject();
    const path = await project.write('a.json', content);
    expect(await readJson(path, schema)).toMatchObject({
      kind: 'damaged',
      path,
      reason: expect.stringMatching(reason),
    });
  });

  it('does not take links, pipes, folders, nor what is too large', async () => {
    await using project = temporaryProject();
    const target = await project.write('target.json', good);
    const link = project.path('link.json');
    await symlink(target, link);
    expect(await readJson(link, schema)).toMatchObject({ kind: 'damaged', reason: 'it is a symbolic link' });
    expect(await readJson(link, schema, { links: 'followed' })).toMatchObject({ kind: 'value' });
    const pipe = project.path('pipe.json');
    execFileSync('mkfifo', [pipe]);
    expect(await readJson(pipe, schema)).toMatchObject({ kind: 'damaged', reason: 'it is no file' });
    await mkdir(project.path('folder.json'));
    expect(await readJson(project.path('folder.json'), schema)).toMatchObject({ reason: 'it is no file' });
    expect(await readJson(target, schema, { mostBytes: 10 })).toMatchObject({
      kind: 'damaged',
      reason: 'it has more than 10 bytes',
    });
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not read', async () => {
    await using project = temporaryProject();
    await writeFile(project.path('a.json'), good);
    await chmod(project.path('a.json'), 0);
    expect(await readJson(project.path('a.json'), schema)).toMatchObject({
      kind: 'damaged',
      reason: 'it cannot be read (EACCES)',
    });
  });
});
