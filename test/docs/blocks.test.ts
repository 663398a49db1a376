import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../src/cli/cli-host.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { loadManifest } from '../../src/job/manifest/load-manifest.ts';
import { manifestSchema } from '../../src/job/manifest/manifest-schema.ts';
import { queryProblem } from '../../src/job/targets/sqlite/query-problem.ts';
import { parseYamlFile, validateYaml } from '../../src/system/yaml/yaml-file.ts';
import { repository } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { blocksOf, documents } from './documents.ts';
import { shellCommands } from './shell-commands.ts';

/** Programs that are no part of this project. */
const others = ['cd', 'docker', 'git', 'jq', 'man', 'npm', 'python', 'spark-submit', 'zip'];

/** The languages that a block can have: what is shown and neither run nor read is `text`. */
const known = ['', 'csv', 'gitignore', 'json', 'jsonl', 'py', 'python', 'sh', 'sql', 'text', 'ts', 'yaml'];

it('every block has a language that is checked', () => {
  const found = documents.flatMap(({ blocks }) => blocks.map(({ language }) => language));
  expect([...new Set(found)].filter((language) => !known.includes(language))).toEqual([]);
  // Something is found at all.
  expect(found.length).toBeGreaterThan(60);
});

describe('shell blocks', () => {
  const blocks = blocksOf('sh').map(({ place, text }) => ({ place, commands: shellCommands(text) }));

  it('name programs that are there', () => {
    const programs = blocks.flatMap(({ commands }) => commands.map(([program = '']) => program));
    expect(programs).toContain('sparkctl');
    expect([...new Set(programs)].filter((each) => each !== 'sparkctl' && !others.includes(each))).toEqual(
      [],
    );
  });

  it.each(blocks)('$place: sparkctl takes every command as it stands there', async ({ commands }) => {
    for (const [program, ...words] of commands)
      if (program === 'sparkctl') expect([words, await refused(words)]).toEqual([words, undefined]);
  });

  it('run scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    const run = blocks.flatMap(({ commands }) =>
      commands.flatMap(([program, word, name = '']) => (program === 'npm' && word === 'run' ? [name] : [])),
    );
    expect(run.length).toBeGreaterThan(5);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('blocks that list commands name those that there are', () => {
  const program = buildProgram(nowhere);
  const lines = blocksOf('').flatMap(({ text, place }) =>
    [...text.matchAll(/^sparkctl (.*?)(?: {2,}.*)?$/gm)].map(([, line = '']) => ({ line, place })),
  );
  const missing = lines.flatMap(({ line, place }) => {
    const [name = '', ...rest] = line.split(' ');
    const command = program.commands.find((each) => each.name() === name);
    if (command === undefined) return [`${place}: ${name}`];
    // Alternatives are commands of the command, or choices of its argument; `<a | b>` are words of the reader's.
    const words = rest.join(' ').replace(/<[^>]*>/g, '');
    const named = words.split(' | ').map((part) => part.trim().split(' ')[0] ?? '');
    const allowed = [
      ...command.commands.map((each) => each.name()),
      ...(command.registeredArguments[0]?.argChoices ?? []),
    ];
    return allowed.length === 0
      ? []
      : named.filter((each) => !allowed.includes(each)).map((each) => `${place}: ${name} ${each}`);
  });
  expect(missing).toEqual([]);
});

it.each(blocksOf('yaml'))('$place is a manifest', async ({ text }) => {
  const file = parseYamlFile('block.yaml', text);
  const source = validateYaml(file, manifestSchema);
  if (source.database === undefined) return;
  // Where a table is named, columns and queries can be looked at, too.
  await using project = temporaryProject();
  await project.write(source.script ?? 'block.py', '');
  await project.write('block.yaml', text);
  const folders = { project: project.folder, workingFolder: project.folder };
  expect((await loadManifest(project.path('block.yaml'), folders)).target).toBeDefined();
});

it.each(blocksOf('json'))('$place is JSON', ({ text }) => {
  expect(JSON.parse(text)).toBeTypeOf('object');
});

it.each(blocksOf('sql'))('$place is a query that only reads', ({ text }) => {
  const id = { name: 'id', type: 'integer', nullable: false } as const;
  const table = { name: 'nothing', primaryKey: ['id'], columns: [id] };
  expect(queryProblem(text, table)).toBeUndefined();
});

it('blocks of Python can be compiled', async () => {
  // Declarations of the reference have no body.
  const blocks = blocksOf('py', 'python').filter(({ place }) => !place.startsWith('docs/sparkctl_io.md'));
  expect(blocks.length).toBeGreaterThan(5);
  const program = `
import ast, json, sys
for block in json.load(sys.stdin):
    try:
        ast.parse(block["text"])
    except SyntaxError as error:
        print(block["place"], error)
`;
  const { stdout } = await execa('python3', ['-c', program], { input: JSON.stringify(blocks) });
  expect(stdout).toBe('');
});

const sink = {
  write: () => true,
  ready: async () => {},
  flushed: async () => {},
  onFailure: () => {},
};

/** The surroundings of a program that is asked and never run. */
const nowhere = { host: { stdout: sink, stderr: sink } } as unknown as CommandContext;

/** Says why the command line refuses these words; undefined where it would act on them. */
async function refused(words: readonly string[]): Promise<string | undefined> {
  const program = buildProgram(nowhere);
  idle(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
}

/** Takes the action of every command away; commands of commands have none. */
function idle(command: Command): void {
  if (command.commands.length === 0) command.action(() => {});
  for (const child of command.commands) idle(child);
}
