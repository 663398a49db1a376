import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

/** Runs the whole command line in this process and then says how large the process grew, in KiB. */
const program = `
const { runCli } = await import(${JSON.stringify(join(repository, 'dist/cli/run-cli.js'))});
const { collectGarbage } = await import(${JSON.stringify(join(repository, 'dist/cli/collect-garbage.js'))});
const sink = { write: () => {}, ready: async () => {}, flushed: async () => {}, onFailure: () => {} };
const exitCode = await runCli(process.argv.slice(1), {
  workingFolder: process.cwd(), environment: process.env, stdout: sink, stderr: sink, onSignal: () => {}, collectGarbage, exitNow: () => {},
});
console.log(JSON.stringify({ exitCode, maxRssKb: process.resourceUsage().maxRSS }));
process.exit(0);
`;

it('takes a million rows through generation, Spark and checks with Node under 150 MB', async () => {
  await using project = temporaryProject();
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
  const size = ['--backend', 'local', '--workers', '1', '--rows', '1000000'];
  const words = ['submit', ...size, '--progress', 'quiet', 'jobs/etl.py'];
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program, ...words], {
    cwd: project.folder,
  });
  const { exitCode, maxRssKb } = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(maxRssKb).toBeLessThan(150_000);
});
