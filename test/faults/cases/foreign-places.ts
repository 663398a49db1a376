import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { aRun } from '../../run/a-run.ts';
import { canMakePidNamespace, inOwnPidNamespace } from '../../support/namespaces.ts';
import { startSparkctl } from '../../support/sparkctl.ts';
import { aClusterRecord, deadOwner, ownerElsewhere, writeRunRecord } from '../../support/strange-records.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { type UsersProject, untilWriting } from '../users-project.ts';

const submit = ['submit', '--rows', '2000', '--timeout', '10m'];
const job = ['jobs/etl.py', '--lock-timeout', '120'];
const noNamespace = 'no PID namespace can be made here';

/** Commands in another container or on another host, and records that come from there, or from nobody. */
export function foreignPlaces(shared: () => UsersProject): void {
  describe('another place', () => {
    fault(
      {
        number: 21,
        where: 'local',
        injected: 'cluster and runs list outside, during a submit in a namespace',
      },
      async ({ watch, skip }) => {
        if (!canMakePidNamespace) skip(noNamespace);
        const project = shared();
        const words = [...submit, '--seed', '21', '--backend', 'local', '--workers', '1', ...job];
        return await watch(project.users, 'new', async () => {
          const { release } = holdCommits(project.users.database);
          const running = inNamespace(project, words);
          await untilWriting(project, running, 0);
          const clusters = await project.run('cluster', 'list');
          const runs = await project.run('runs', 'list');
          expect(running.exitCode).toBe(null);
          expect(clusters.stdout).toMatch(/^etl-\S+ +local +elsewhere /m);
          expect(runs.stdout).toMatch(/^etl-\S+ +running elsewhere /m);
          release();
          const { exitCode, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          expect((await project.run('runs', 'list')).stdout).toMatch(/^etl-\S+ +succeeded /m);
          return exitCode;
        });
      },
    );

    fault(
      {
        number: 21,
        where: 'local[1]',
        injected: 'cluster and runs list in a namespace, during a submit outside',
      },
      async ({ watch, skip }) => {
        if (!canMakePidNamespace) skip(noNamespace);
        const project = shared();
        return await watch(project.users, 'new', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start(...submit, '--seed', '22', '--master', 'local[1]', ...job);
          await untilWriting(project, running, 0);
          const clusters = await inNamespace(project, ['cluster', 'list']);
          const runs = await inNamespace(project, ['runs', 'list']);
          expect(running.exitCode).toBe(null);
          expect(clusters.exitCode, clusters.stderr).toBe(0);
          expect(runs.stdout).toMatch(/^etl-\S+ +running elsewhere /m);
          release();
          const { exitCode, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          return exitCode;
        });
      },
    );

    fault(
      { number: 24, where: 'local', injected: 'ids that are paths, half a record, records of another host' },
      async ({ watch }) => {
        const project = shared();
        const [owner, far] = [await deadOwner(), await ownerElsewhere()];
        const treasure = await project.write('victim/treasure', 'gold');
        const [good, other] = [aRun().id, 'etl-20260131-120000-bbbbbb'];
        const records = [
          await writeRunRecord(project, { id: good }),
          await writeRunRecord(project, { id: other, state: 'running', owner: far }),
          await writeRunRecord(project, { id: 'x/../../victim', state: 'running', owner }, 'x'),
          await writeRunRecord(project, { id: good, state: 'running', owner }, 'copy'),
          await project.write('.sparkctl/runs/half/run.json', JSON.stringify(aRun()).slice(0, 200)),
          await project.write('.sparkctl/clusters/half/cluster.json', '{"schemaVersion": 1,'),
          await project.write(
            '.sparkctl/clusters/path/cluster.json',
            JSON.stringify(aClusterRecord('../../victim', owner)),
          ),
          await project.write(
            '.sparkctl/clusters/far/cluster.json',
            JSON.stringify(aClusterRecord('far', far)),
          ),
        ];
        const before = records.map((path) => readFileSync(path, 'utf8'));
        return await watch(project.users, 'old', async () => {
          const clusters = await project.run('cluster', 'list');
          expect(clusters.exitCode, clusters.stderr).toBe(0);
          expect(clusters.stdout).toMatch(/^far +local +elsewhere /m);
          const runs = await project.run('runs', 'list');
          expect(runs.stdout).toMatch(new RegExp(`^${good} +succeeded `, 'm'));
          expect(runs.stdout).toMatch(new RegExp(`^${other} +running elsewhere `, 'm'));
          for (const name of ['x', 'copy', 'half'])
            expect(runs.stderr).toContain(join('.sparkctl', 'runs', name, 'run.json'));
          expect(existsSync(treasure)).toBe(true);
          expect(records.map((path) => readFileSync(path, 'utf8'))).toEqual(before);
          return runs.exitCode;
        });
      },
    );
  });
}

function inNamespace(project: UsersProject, words: readonly string[]) {
  return startSparkctl(words, { cwd: project.folder, within: inOwnPidNamespace });
}
