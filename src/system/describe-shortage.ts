import type { ResourceShortage } from './event.ts';
import { counted, formatNumber } from './format-number.ts';

/** Says in a clause what an application waits for, and in sentences what gives it. */
export function describeShortage({ cluster, workers, free, executorMemoryMb, holders }: ResourceShortage): {
  readonly message: string;
  readonly hint: string;
} {
  if (free === undefined && workers.wanted > 0)
    return {
      message: `no executor takes its tasks: the master of cluster ${cluster} does not answer`,
      hint: `See what it says with: sparkctl cluster logs master --cluster ${cluster}; and bring it back with: sparkctl cluster up --cluster ${cluster}`,
    };
  if (free === undefined)
    return {
      message: `no executor takes its tasks: ${cluster} has no free cores or too little memory for them`,
      hint: 'See on the page of its master who has them. Ask for less with --executor-memory, --executor-cores or --total-executor-cores.',
    };
  if (workers.alive === 0)
    return {
      message: `no executor takes its tasks: of cluster ${cluster} none of ${counted(workers.wanted, 'worker')} is alive`,
      hint: `Bring them back with: sparkctl cluster up --cluster ${cluster}`,
    };
  const asked =
    executorMemoryMb === undefined ? '' : `, each of ${formatNumber(executorMemoryMb)} MiB and a core`;
  const held = holders.map(({ name, cores }) => `${name} has ${counted(cores, 'core')}`).join(', ');
  const more = `sparkctl cluster scale ${workers.wanted + 1} --cluster ${cluster}`;
  return {
    message:
      `no executor takes its tasks: it waits for executors${asked}; ${counted(workers.alive, 'worker')} of cluster ${cluster}` +
      ` ${workers.alive === 1 ? 'has' : 'have'} ${formatNumber(free.cores)} of ${counted(free.ofCores, 'core')}` +
      ` and at most ${formatNumber(free.memoryMb)} MiB free${held === '' ? '' : `, since ${held}`}`,
    hint: `${held === '' ? 'Ask for less with --executor-memory' : 'Wait for them or end them (sparkctl runs list, sparkctl runs kill ID)'}, or add a worker: ${more}`,
  };
}
