import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../src/system/locks/claims.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
beforeEach(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('job.py', '');
  await project.write(
    'job.yaml',
    'dataset: { name: users, rows: 30, seed: 7 }\ninput: { path: data/users.jsonl }\n',
  );
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
});

const generate = (...words: readonly string[]) => sparkctl(['generate', ...words], { cwd: project.folder });

describe('generate', () => {
  it('shows with an example what it is for', async () => {
    const { stdout } = await generate('--help');
    expect(stdout).toContain('Example:\n  sparkctl generate --rows 1000 --seed 7 jobs/etl.yaml\n');
  });

  it('makes the dataset of the manifest, and says where it is', async () => {
    const { stdout, stderr, exitCode } = await generate('job.py');
    expect(exitCode, stderr).toBe(0);
    const data = readFileSync(project.path('data/users.jsonl'));
    expect(stdout).toBe(
      `data/users.jsonl: 30 rows of users, seed 7, ${data.length.toLocaleString('en-US')} bytes\ndata/users.jsonl.ledger.json: what a correct load of it contains\n`,
    );
    expect(data.toString().trimEnd().split('\n')).toHaveLength(30);
    expect(stderr).toMatch(/^✓ dataset {6}users, 30 rows, seed 7 \(/);
    // What it holds while it works is given back.
    expect(readdirSync(project.path('.sparkctl/locks')).filter((name) => name.endsWith('.json'))).toEqual([]);
    const again = await generate('--progress', 'quiet', 'job.yaml');
    expect(again.stdout).toContain(' (already there)\n');
    expect(again.stderr).toBe('');
  });

  it('takes other numbers, and answers programs with JSON', async () => {
    const { stdout } = await generate('--rows', '5', '--seed', '8', '--json', 'job.py');
    const path = project.path('data/users.jsonl');
    const data = readFileSync(path);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      dataset: 'users',
      seed: 8,
      rows: 5,
      path,
      ledger: `${path}.ledger.json`,
      bytes: data.length,
      sha256: createHash('sha256').update(data).digest('hex'),
      reused: false,
    });
  });

  it('leaves the data of a run that goes on', async () => {
    await using claims = new Claims({
      project: project.folder,
      run: 'another-run',
      reclaim: async () => {},
      onStopWanted: () => {},
    });
    const claim = { kind: 'input', name: project.path('data/users.jsonl'), sharedAs: 'other data' } as const;
    expect(await claims.tryToAdd([claim])).toEqual([]);
    const { stderr, exitCode } = await generate('job.py');
    expect(stderr).toContain(
      'Run another-run works with the data in the input data/users.jsonl, and this command would put other data there.\n  Hint: Generate it when that is over',
    );
    expect(exitCode).toBe(75);
    expect(existsSync(project.path('data'))).toBe(false);
  });

  it.each([
    [[], 64, "Missing required argument 'application'."],
    [['--rows', '0', 'job.py'], 64, 'It must be a whole number of at least 1.'],
    [['bare.py'], 64, 'The job bare has no dataset that could be generated.'],
    [['--rows', '5', 'bare.py'], 64, '--rows and --seed need a job with a dataset, and bare has none.'],
    [['mine.yaml'], 73, 'sparkctl did not generate it and does not overwrite it'],
  ])('%j ends with %i', async (words, code, message) => {
    await project.write('bare.py', '');
    await project.write('mine.jsonl', '{}\n');
    await project.write(
      'mine.yaml',
      'script: job.py\ndataset: { name: users, rows: 30, seed: 7 }\ninput: { path: mine.jsonl }\n',
    );
    const { stderr, exitCode } = await generate(...words);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    expect(readFileSync(project.path('mine.jsonl'), 'utf8')).toBe('{}\n');
  });
});
