import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { ownIdentity, type ProcessIdentity } from '../../src/system/processes/process-identity.ts';
import { aRun } from '../run/a-run.ts';
import type { TemporaryProject } from './temporary-project.ts';

/** A process of this machine that is dead. */
export async function deadOwner(): Promise<ProcessIdentity> {
  return { ...(await ownIdentity()), startedAt: '1' };
}

/** A process on another machine, which may live. */
export async function ownerElsewhere(): Promise<ProcessIdentity> {
  return { ...(await deadOwner()), host: 'another', boot: randomUUID() };
}

/** Writes the record of a run into a folder of its id, or of another name. */
export async function writeRunRecord(
  project: TemporaryProject,
  record: Partial<RunRecord>,
  folder = record.id ?? aRun().id,
): Promise<string> {
  const path = join('.sparkctl', 'runs', folder, 'run.json');
  return await project.write(path, JSON.stringify({ ...aRun({ project: project.folder }), ...record }));
}

/** A record of a local cluster, as a sparkctl would write it. */
export function aClusterRecord(name: string, owner: ProcessIdentity) {
  const id = randomUUID();
  const node = (role: string, node: string, webPort: number) => ({
    name: node,
    role,
    mark: `${id}/${node}`,
    webPort,
  });
  return {
    schemaVersion: 1,
    backend: 'local',
    name,
    ephemeral: true,
    owner,
    masterPort: 7077,
    workerCores: 1,
    workerMemoryMb: 1024,
    nodes: [
      node('master', 'master', 8080),
      node('history', 'history', 18080),
      node('worker', 'worker-1', 8081),
    ],
  };
}
