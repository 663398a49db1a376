import { describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../src/cluster/cluster.ts';
import { diagnoseShortage, shortageOf } from '../../../src/run/failure/resource-shortage.ts';

const status: ClusterStatus = {
  name: 'default',
  backend: 'local',
  state: 'running',
  ephemeral: false,
  master: 'spark://127.0.0.1:7077',
  workers: { wanted: 2, alive: 2 },
  workerCores: 1,
  workerMemoryMb: 2048,
  links: { master: '', history: '' },
  nodes: [],
  resources: {
    cores: 2,
    freeCores: 0,
    memoryMb: 4096,
    freeMemoryMb: [512, 1024],
    applications: [
      { id: 'app-1', name: 'long', cores: 2, executorMemoryMb: 1024 },
      { id: 'app-2', name: 'mine', cores: 0, executorMemoryMb: 2048 },
      { id: 'app-3', name: 'waits, too', cores: 0, executorMemoryMb: 1024 },
    ],
  },
};

function diagnosed(changes: Partial<ClusterStatus>) {
  const shortage = shortageOf({ ...status, ...changes }, 'app-2');
  return shortage && diagnoseShortage(shortage);
}

describe('an application that gets no executor', () => {
  it('is told what it asks for, what is there, and who holds it', () => {
    expect(diagnosed({})).toEqual({
      code: 'no-resources',
      message:
        'no executor takes its tasks: it waits for executors, each of 2,048 MiB and a core; 2 workers of cluster default have 0 of 2 cores and at most 1,024 MiB free, since long has 2 cores',
      hint: 'Wait for them or end them (sparkctl runs list, sparkctl runs kill ID), or add a worker: sparkctl cluster scale 3 --cluster default',
    });
  });

  it('is told to ask for less where nobody holds anything', () => {
    const resources = { ...(status.resources ?? expect.fail()), freeCores: 2, applications: [] };
    expect(diagnosed({ resources })).toMatchObject({
      message:
        'no executor takes its tasks: it waits for executors; 2 workers of cluster default have 2 of 2 cores and at most 1,024 MiB free',
      hint: 'Ask for less with --executor-memory, or add a worker: sparkctl cluster scale 3 --cluster default',
    });
  });

  it('is told that no worker is alive', () => {
    expect(diagnosed({ workers: { wanted: 2, alive: 0 } })).toEqual({
      code: 'no-resources',
      message: 'no executor takes its tasks: of cluster default none of 2 workers is alive',
      hint: 'Bring them back with: sparkctl cluster up --cluster default',
    });
  });

  it('of a master that says nothing more is told that much', () => {
    const { resources: _, ...silent } = status;
    const yarn = { ...silent, name: 'yarn', workers: { wanted: 0, alive: 0 } };
    expect(diagnoseShortage(shortageOf(yarn, undefined) ?? expect.fail())).toMatchObject({
      code: 'no-resources',
      message: 'no executor takes its tasks: yarn has no free cores or too little memory for them',
    });
  });

  it('is told that the master of its cluster does not answer', () => {
    const { resources: _, ...silent } = status;
    expect(diagnoseShortage(shortageOf(silent, 'app-2') ?? expect.fail())).toEqual({
      code: 'no-resources',
      message: 'no executor takes its tasks: the master of cluster default does not answer',
      hint: 'See what it says with: sparkctl cluster logs master --cluster default; and bring it back with: sparkctl cluster up --cluster default',
    });
  });

  it('of a cluster that is gone has nothing to be told', () => {
    expect(shortageOf(undefined, 'app-2')).toBeUndefined();
  });
});
