import { describe, expect } from 'vitest';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

/** One run id, used by two runs at once and by a third one later. The first of these cases makes the shared table. */
export function sameRunId(shared: () => UsersProject): void {
  describe('the same run id', () => {
    const submit = () => {
      const { database, inputs } = shared().users;
      const words = ['--database', database, '--input', String(inputs[0]), '--run-id', 'the-same'];
      return shared().run('submit', '--no-manifest', '--master', 'local[1]', 'jobs/etl.py', ...words);
    };

    fault({ number: 17, where: 'local[1]', injected: 'two runs with one id at once' }, async ({ watch }) => {
      const project = shared();
      // A manifest without a database makes the data, and a script that does nothing loads none.
      await project.write('jobs/data.yaml', manifestOfData);
      await project.write('jobs/data.py', '');
      const made = await project.run('submit', '--master', 'local[1]', '--rows', '10000', 'jobs/data.py');
      expect(made.exitCode, made.stderr).toBe(0);
      return await watch(project.users, 'new', async () => {
        const both = await Promise.all([submit(), submit()]);
        expect(
          both.map(({ exitCode }) => exitCode),
          both.map(({ stdout }) => stdout).join(),
        ).toEqual([0, 0]);
        const said = both.map(({ stdout }) =>
          stdout.includes('run the-same was committed before, nothing changed: '),
        );
        expect([...said].sort()).toEqual([false, true]);
        return 0;
      });
    });

    fault({ number: 17, where: 'local[1]', injected: 'a third run with it, later' }, async ({ watch }) =>
      watch(shared().users, 'old', async () => {
        const { exitCode, stdout } = await submit();
        expect(stdout).toContain('run the-same was committed before, nothing changed: users read 10000 = ');
        expect(exitCode).toBe(0);
        return exitCode;
      }),
    );
  });
}

const manifestOfData = `
dataset:
  name: users
  rows: 1
  defects: { emailSpaces: 0.05, emailMissing: 0.01, brokenJson: 0.01, duplicateId: 0.01 }
input:
  path: data/users.jsonl
`;
