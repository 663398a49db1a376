import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { shellCommands } from '../docs/shell-commands.ts';
import { repository } from '../support/sparkctl.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const { scripts, engines } = JSON.parse(read('package.json'));

/** The files by which the repository is worked with in public: workflows, templates, the development container. */
const files = readdirSync(join(repository, '.github'), { recursive: true, encoding: 'utf8' })
  .map((name) => `.github/${name}`)
  .filter((path) => path.endsWith('.yml'))
  .concat('.devcontainer/devcontainer.json');
const workflows = files.filter((path) => path.startsWith('.github/workflows/'));

it.each(files)('%s is well formed', (path) => {
  expect(parse(read(path), { strict: true, uniqueKeys: true })).toBeTypeOf('object');
});

it('the development container is plain JSON, as Biome reads it', () => {
  expect(JSON.parse(read('.devcontainer/devcontainer.json')).postCreateCommand).toBe('npm ci');
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>
  >;
}

describe.each(workflows)('%s', (path) => {
  const workflow: Workflow = parse(read(path));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it('may only read, but for what a job asks for, and ends', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('runs scripts and files that are there', () => {
    const commands = steps.flatMap(({ run = '' }) => shellCommands(run));
    expect(commands.length).toBeGreaterThan(3);
    const missing = commands.flatMap(([program, word, name = '']) =>
      program === 'npm' && word === 'run' && !(name in scripts) ? [name] : [],
    );
    expect(missing).toEqual([]);
    const named = commands.flat().filter((word) => /^\.ci\//.test(word));
    expect(named.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  it('names a version of each action', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d/.test(action))).toEqual([]);
  });
});

it('the oldest Node that the package allows is tried', () => {
  const oldest = Number(/\d+/.exec(engines.node)?.[0]);
  expect(parse(read('.github/workflows/ci.yml')).jobs.check.strategy.matrix.node).toContain(oldest);
});
