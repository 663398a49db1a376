import { containersOf, docker } from './containers.js';
import { processesOf } from './processes.js';

const classOf = {
  driver: 'org.apache.spark.deploy.SparkSubmit',
  worker: 'org.apache.spark.deploy.worker.Worker',
  executor: 'CoarseGrainedExecutorBackend',
};

/** Kills one driver, worker or executor of the project with SIGKILL; false while there is none. */
export function killOne(kind, backend, project) {
  const kill = backend === 'docker' ? killContainer(kind, project) : killProcess(kind, processesOf(project));
  return kill;
}

function killProcess(kind, processes) {
  const victim = processes.find(({ command }) => command.includes(classOf[kind]) && /\bjava\b/.test(command));
  if (victim === undefined) return false;
  try {
    process.kill(victim.pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function killContainer(kind, project) {
  const [container] = containersOf(project, kind === 'executor' ? 'worker' : kind);
  if (container === undefined) return false;
  try {
    if (kind !== 'executor') {
      docker('kill', '--signal', 'KILL', container.id);
      return true;
    }
    const lines = docker('top', container.id, '-eo', 'pid,args').split('\n').slice(1);
    return killProcess(
      kind,
      lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line })),
    );
  } catch {
    return false; // it has just ended by itself
  }
}
