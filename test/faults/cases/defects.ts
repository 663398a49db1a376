import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Ledger } from '../../../src/job/datasets/ledger.ts';
import { fault } from '../fault.ts';
import { expectedOf } from '../independently.ts';
import type { UsersProject } from '../users-project.ts';

const rows = 5_000;

/** Data of which one row in twenty is bad, in all the ways the generator knows, on clusters of different sizes. */
export function defects(
  cluster: () => UsersProject,
  { where, workers }: { readonly where: 'local' | 'docker'; readonly workers: readonly number[] },
): void {
  describe(`defects on ${where}`, () => {
    const checksums = new Set<string>();
    for (const count of workers) {
      fault(
        {
          number: 10,
          where,
          injected: `5 % mixed defects in ${rows.toLocaleString('en-US')} rows, ${count} ${count === 1 ? 'worker' : 'workers'}`,
        },
        async ({ watch }) => {
          const project = cluster();
          const scaled = await project.run('cluster', 'scale', String(count));
          expect(scaled.exitCode, scaled.stderr).toBe(0);
          const manifest = readFileSync(project.path('jobs/etl.yaml'), 'utf8').replace(
            / {2}defects:\n(?: {4}.*\n)+/,
            defectRates,
          );
          await project.write('jobs/defects.yaml', `script: etl.py\n${manifest}`);
          const seen = await watch(project.users, 'new', async () => {
            const words = ['submit', '--rows', String(rows), '--seed', '5', '--json', 'jobs/defects.yaml'];
            const { exitCode, stdout, stderr } = await project.run(...words);
            expect(exitCode, stderr).toBe(0);
            const ledger: Ledger = JSON.parse(
              readFileSync(project.path('data/users.jsonl.ledger.json'), 'utf8'),
            );
            const reasons = Object.fromEntries(
              Object.entries(ledger.quarantined).map(([reason, { rows: count }]) => [reason, count]),
            );
            const expected = await expectedOf(project.folder, project.users.inputs);
            expect(JSON.parse(stdout).accounting).toEqual({
              read: rows,
              loaded: ledger.loaded,
              quarantined: Object.values(reasons).reduce((sum, count) => sum + count, 0),
              duplicates: ledger.duplicates.rows,
              filtered: 0,
              repaired: expected.repaired,
              reasons,
            });
            expect(expected).toMatchObject({ reasons, checksum: ledger.checksum, loaded: ledger.loaded });
            checksums.add(expected.checksum);
            return exitCode;
          });
          expect(checksums.size).toBe(1);
          return seen;
        },
      );
    }
  });
}

const defectRates = `  defects:
    emailInvalidCharacters: 0.01
    emailSpaces: 0.005
    emailCapitals: 0.005
    emailMissing: 0.006
    emailBroken: 0.006
    brokenJson: 0.006
    wrongType: 0.006
    duplicateId: 0.006
`;
