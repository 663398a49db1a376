import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answersPage } from '../../scripts/pages/answers-page.js';
import { commandsPage, manPage } from '../../scripts/pages/command-pages.js';
import { manifestPage } from '../../scripts/pages/manifest-page.js';
import type { CommandContext } from '../../src/cli/cli-host.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { manifestJsonSchema } from '../../src/job/manifest/manifest-schema.ts';
import { type AnswerName, answerJsonSchema, answers } from '../../src/operations/answers/answers.ts';
import { exitCodeOf } from '../../src/system/errors/sparkctl-error.ts';
import { sparkctlVersion } from '../../src/system/package.ts';
import { repository } from '../support/sparkctl.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
// No command is run, so none of what it needs is there.
const program = () => buildProgram({ host: {} } as CommandContext);

it.each([
  ['docs/manifest.md', () => manifestPage(JSON.parse(JSON.stringify(manifestJsonSchema())))],
  ['docs/json.md', () => answersPage(answers)],
  ['docs/commands.md', () => commandsPage(program())],
  ['man/sparkctl.1', () => manPage(program(), sparkctlVersion)],
])('%s is what `npm run schema` writes', (path, made) => {
  expect(read(path)).toBe(made());
});

it.each(Object.keys(answers) as AnswerName[])(
  'schemas/%s.schema.json is what `npm run schema` writes',
  (name) => {
    expect(JSON.parse(read(`schemas/${name}.schema.json`))).toEqual(
      JSON.parse(JSON.stringify(answerJsonSchema(name))),
    );
  },
);

it('docs/exit-codes.md has every exit code and no other', () => {
  const listed = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  expect(listed).toEqual([0, ...new Set(Object.values(exitCodeOf))]);
});
