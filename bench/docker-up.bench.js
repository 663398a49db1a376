import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageAnswers, readMasterState } from '../dist/cluster/spark-pages.js';
import { waitUntil } from '../dist/system/processes/wait-until.js';
import { compare } from './compare.js';

const project = mkdtempSync(join(tmpdir(), 'sparkctl-bench-'));
for (const part of [
  'docker-compose.yml',
  'entrypoint.sh',
  'requirements.txt',
  'spark-defaults.conf',
  'spark',
])
  cpSync(part, join(project, part), { recursive: true });
writeFileSync(join(project, 'package.json'), '{}');

const sparkctl = (...args) =>
  execFileSync(
    process.execPath,
    [join(process.cwd(), 'bin/sparkctl.js'), 'cluster', ...args, '--backend', 'docker'],
    { cwd: project, stdio: 'ignore' },
  );
const compose = (...args) =>
  execFileSync('docker-compose', args, {
    cwd: project,
    stdio: 'ignore',
    env: { ...process.env, PWD: project },
  });

async function composeUp() {
  compose('up', '-d');
  const ready = async () => {
    const state = await readMasterState('http://127.0.0.1:8080');
    const alive = state?.workers.filter((worker) => worker.state === 'ALIVE').length ?? 0;
    return alive === 2 && (await pageAnswers('history', 'http://127.0.0.1:18080').catch(() => false))
      ? true
      : undefined;
  };
  if ((await waitUntil(ready, { timeoutMs: 120_000 })) !== true)
    throw new Error('the Compose cluster never became ready');
}

try {
  // The image is there before the clock starts.
  sparkctl('up');
  sparkctl('down');
  await compare(
    { name: 'sparkctl cluster up', run: () => sparkctl('up'), after: () => sparkctl('down') },
    {
      name: 'docker-compose up -d, until all answer',
      run: composeUp,
      after: () => compose('down', '--volumes'),
    },
    { rounds: 3, goal: 0.6 },
  );
} finally {
  sparkctl('down');
  compose('down', '--volumes');
  rmSync(project, { recursive: true, force: true });
}
