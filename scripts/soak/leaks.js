import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { docker, dockerAnswers } from './containers.js';
import { listening, processesOf } from './processes.js';

/** Lists what a project's commands have left on this machine and should not: nothing, if all is well. */
export async function leaks(repository, project, ports) {
  const list = execFileSync(
    process.execPath,
    [join(repository, 'bin/sparkctl.js'), 'cluster', 'list', '--json'],
    {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return [
    ...JSON.parse(list).clusters.map(({ name }) => `cluster ${name}`),
    ...processesOf(project).map(({ pid, command }) => `process ${pid} ${command.slice(0, 120)}`),
    ...containers(project),
    ...namesIn(join(project, '.sparkctl/clusters')).map((name) => `cluster folder ${name}`),
    ...namesIn(join(project, 'data'))
      .filter((name) => name.startsWith('.') || /-(journal|wal|shm)$/.test(name))
      .map((name) => `data/${name}`),
    ...unfinishedRuns(project),
    ...namesIn(join(project, '.sparkctl/runs'))
      .map((run) => join(tmpdir(), `sparkctl-driver-${run}`))
      .filter((folder) => existsSync(folder)),
    ...(await openPorts(ports)).map((port) => `port ${port}`),
  ];
}

function containers(project) {
  if (!dockerAnswers()) return [];
  const filter = ['--filter', `label=sparkctl.project=${project}`, '--format'];
  return [
    ['container', docker('ps', '--all', ...filter, '{{.Names}}')],
    ['network', docker('network', 'ls', ...filter, '{{.Name}}')],
    ['volume', docker('volume', 'ls', ...filter, '{{.Name}}')],
  ].flatMap(([kind, names]) => names.split('\n').flatMap((name) => (name === '' ? [] : [`${kind} ${name}`])));
}

function unfinishedRuns(project) {
  const runs = join(project, '.sparkctl/runs');
  return namesIn(runs).flatMap((name) => {
    const { state } = JSON.parse(readFileSync(join(runs, name, 'run.json'), 'utf8'));
    return ['preparing', 'running', 'checking'].includes(state)
      ? [`run ${name}, which is said to be ${state}`]
      : [];
  });
}

/** Ports that the soak's processes had and that somebody listens on still; another program may have taken one for a moment. */
async function openPorts(ports) {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const open = new Set(listening().map(({ port }) => port));
    const left = [...ports].filter((port) => open.has(port) && !isForeign(port));
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(500);
  }
}

/** Tells whether the port belongs to a process that is known to be another program's: nothing of the soak is alive here. */
function isForeign(port) {
  const shown = execFileSync('ss', ['-ltnpH', `sport = :${port}`], { encoding: 'utf8' });
  return /users:\(\(/.test(shown);
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
