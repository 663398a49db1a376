import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const canary = 'canary-4711';
const name = 'users"; DROP TABLE victim; --';

/** One run whose names, arguments and properties would do harm wherever they were taken for code, and hold a secret. */
export function harmfulWords(shared: () => UsersProject): void {
  fault(
    { number: 14, where: '-', injected: 'SQL in the name of a table in the manifest' },
    async ({ watch }) => {
      const project = shared();
      const manifest = readFileSync(project.path('jobs/etl.yaml'), 'utf8');
      const named = manifest.replace(
        'name: users\n    primaryKey',
        `name: ${JSON.stringify(name)}\n    primaryKey`,
      );
      await project.write('jobs/harmful.yaml', `script: etl.py\n${named}`);
      return await watch(project.users, 'old', async () => {
        const { exitCode, stderr } = await project.run('submit', '--master', 'local[1]', 'jobs/harmful.yaml');
        expect(stderr).toContain(
          `"${name}": a name is a letter or _ followed by at most 62 letters, digits or _\n`,
        );
        expect(exitCode).toBe(78);
        return exitCode;
      });
    },
  );

  fault(
    { number: 14, where: 'local[1]', injected: 'SQL, $(…), <script> in names and paths; a secret in --conf' },
    async ({ watch }) => {
      const project = shared();
      const database = project.path(`data/it's $(touch pwned) "x".db`);
      const input = project.path('data/harmful $(touch pwned).jsonl');
      const defects = { emailSpaces: 0.05, emailMissing: 0.01, brokenJson: 0.01, duplicateId: 0.01 };
      await generateDataset({ dataset: 'users', seed: 14, rows: 1_000, defects, path: input });
      const sqlite = new Sqlite(database);
      sqlite.exec('CREATE TABLE victim (x); INSERT INTO victim VALUES (1)');
      const table = { project: project.folder, database, name, inputs: [input] };
      const seen = await watch(table, 'new', async () => {
        const options = ['--no-manifest', '--master', 'local[1]', '--name', '<script>alert(1)</script>'];
        const secret = ['--conf', `spark.my.password=${canary}`];
        const words = ['--input', input, '--database', database, '--table', name];
        const { exitCode, stdout, stderr } = await project.run(
          'submit',
          ...options,
          ...secret,
          'jobs/etl.py',
          ...words,
        );
        expect(exitCode, stdout + stderr).toBe(0);
        expect(stdout + stderr).not.toContain(canary);
        return exitCode;
      });
      expect(sqlite.prepare('SELECT x FROM victim').pluck().all()).toEqual([1]);
      sqlite.close();
      expect(existsSync(project.path('pwned'))).toBe(false);
      const leaking = filesBelow(project.path('.sparkctl')).filter((file) =>
        readFileSync(file, 'latin1').includes(canary),
      );
      expect(leaking).toEqual([]);
      return seen;
    },
  );
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(path).isFile());
}
