import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { parentOf } from '../support/parent-of.ts';
import { processesMentioning } from '../support/spark-processes.ts';

const mainClass = {
  master: 'org.apache.spark.deploy.master.Master',
  worker: 'org.apache.spark.deploy.worker.Worker',
  driver: 'org.apache.spark.deploy.SparkSubmit',
  executor: 'org.apache.spark.executor.CoarseGrainedExecutorBackend',
} as const;

/** The processes of a project's Spark that have a role. */
export function sparkProcesses(project: string, role: keyof typeof mainClass): readonly number[] {
  return processesMentioning(project)
    .filter((line) => line.includes(`${mainClass[role]} `) && !line.includes('bin/sparkctl.js'))
    .map((line) => Number.parseInt(line, 10));
}

/** Kills workers of a local cluster that have executors, each with these. */
export function killWorkers(project: string, which: 'one' | 'all'): void {
  const executors = sparkProcesses(project, 'executor');
  const workers = sparkProcesses(project, 'worker').filter((worker) =>
    executors.some((executor) => parentOf(executor) === worker),
  );
  if (workers.length === 0) throw new Error('no worker has an executor');
  for (const worker of which === 'one' ? workers.slice(0, 1) : workers) {
    const own = executors.filter((executor) => parentOf(executor) === worker);
    for (const pid of [worker, ...own]) process.kill(pid, 'SIGKILL');
  }
}

/** Kills the driver's JVM. */
export function killDriver(project: string): void {
  const drivers = sparkProcesses(project, 'driver');
  if (drivers.length === 0) throw new Error('there is no driver');
  for (const pid of drivers) process.kill(pid, 'SIGKILL');
}

/** Lists what is left of a project's processes, given a while to end. */
export async function lastProcesses(project: string, timeoutMs = 10_000): Promise<readonly string[]> {
  await waitUntil(() => (processesMentioning(project).length === 0 ? true : undefined), { timeoutMs });
  return processesMentioning(project);
}
