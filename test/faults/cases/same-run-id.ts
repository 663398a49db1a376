import { describe, expect } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
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
      const defects = { emailSpaces: 0.05, emailMissing: 0.01, brokenJson: 0.01, duplicateId: 0.01 };
      await generateDataset({
        dataset: 'users',
        seed: 17,
        rows: 10_000,
        defects,
        path: project.path('data/users.jsonl'),
      });
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
