import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';

const rooms = ['src', 'test', 'scripts', 'bench', 'spark', 'jobs', 'examples'];

/** The beginnings of doc comments in TypeScript and JavaScript, and of docstrings in Python, on one line or more. */
const beginning =
  /(?:\/\*\*(?:\s|\*)+|^\s*"""\s*)(?:What|How|Where|Whether|Why|Who|Which|When|By which)\b.*/gm;

it('doc comments begin with a verb or a noun, not with a question word', () => {
  const files = rooms.flatMap((room) =>
    readdirSync(join(repository, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.d)\.(?:ts|js|mjs|py)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(room, name)),
  );
  for (const room of rooms) expect(files.filter((name) => name.startsWith(room)).length).toBeGreaterThan(3);
  const questions = files.flatMap((name) =>
    [...readFileSync(join(repository, name), 'utf8').matchAll(beginning)].map(([text]) => `${name}: ${text}`),
  );
  expect(questions).toEqual([]);
});
