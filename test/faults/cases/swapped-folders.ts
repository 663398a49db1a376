import { readdirSync } from 'node:fs';
import { lstat, readFile, rename, rm, symlink } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { temporaryProject } from '../../support/temporary-project.ts';
import { fault } from '../fault.ts';
import { type UsersProject, untilWriting } from '../users-project.ts';

/** Tries, in the driver and in an executor, to put a link in the place of the run's folder and of those above it; then does the job. */
const swaps = `
import os, pathlib, runpy, sys
from pyspark.sql import SparkSession

elsewhere = sys.argv.pop(1)
run = pathlib.Path(sys.argv.pop(1)).parent

def swap_all(_):
    swapped = []
    for folder in [run, run.parent, run.parent.parent]:
        try:
            folder.rename(f"{folder}.swapped")
            folder.symlink_to(elsewhere)
            swapped.append(str(folder))
        except OSError:
            pass
    for name in ["run.json", "report.html", "stdout.log"]:
        try:
            (run / name).unlink()
            swapped.append(name)
        except OSError:
            pass
    return swapped

print("driver", swap_all(0), flush=True)
spark = SparkSession.builder.getOrCreate()
print("executor", spark.sparkContext.parallelize([0], 1).flatMap(swap_all).collect(), flush=True)
runpy.run_path("jobs/etl.py", run_name="__main__")
`;

/** A run folder that becomes a link while the run goes on: nothing is written through it, and the run ends with the truth. */
export function swappedFolders(cluster: () => UsersProject): void {
  describe('a run folder that becomes a link', () => {
    const up = async () => {
      const words = ['cluster', 'up', '--no-standby', '--backend', 'docker', '--workers', '1'];
      const { exitCode, stderr } = await cluster().run(...words);
      expect(exitCode, stderr).toBe(0);
    };
    const submit = (script: string, rows: number) => [
      ...['submit', '--rows', String(rows), '--seed', '5', '--json', script],
    ];

    fault(
      { number: 29, where: 'docker', injected: 'its script tries to, in the driver and in an executor' },
      async ({ watch }) => {
        const project = cluster();
        await up();
        await using elsewhere = temporaryProject();
        await project.write('jobs/swaps.py', swaps);
        const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
        const given = `arguments: ["${elsewhere.folder}", "\${artifacts}", `;
        await project.write('jobs/swaps.yaml', manifest.replace('arguments: [', given));
        return await watch(project.users, 'new', async () => {
          const { exitCode, stdout, stderr } = await project.run(...submit('jobs/swaps.py', 5_000));
          expect(exitCode, stderr).toBe(0);
          const { id, state } = JSON.parse(stdout);
          const folder = project.path('.sparkctl/runs', id);
          expect(await readFile(`${folder}/stdout.log`, 'utf8')).toMatch(/^driver \[\]\nexecutor \[\]\n/);
          expect([state, JSON.parse(await readFile(`${folder}/run.json`, 'utf8')).state]).toEqual([
            'succeeded',
            'succeeded',
          ]);
          expect((await lstat(`${folder}/report.html`)).isFile()).toBe(true);
          expect(readdirSync(elsewhere.folder)).toEqual([]);
          return exitCode;
        });
      },
    );

    fault(
      {
        number: 29,
        where: 'docker',
        injected: 'another process of the host swaps it while rows are written',
      },
      async ({ watch }) => {
        const project = cluster();
        await up();
        await using elsewhere = temporaryProject();
        return await watch(project.users, ['old', 'new'], async () => {
          const running = project.start(...submit('jobs/etl.py', 50_000));
          await untilWriting(project, running, 2 ** 20);
          const runs = readdirSync(project.path('.sparkctl/runs')).filter((name) => name.startsWith('etl-'));
          const newest = runs.sort().at(-1) ?? '';
          const folder = project.path('.sparkctl/runs', newest);
          await rename(folder, `${folder}.moved`);
          await symlink(elsewhere.folder, folder);
          const { exitCode, stderr } = await running;
          await rm(folder);
          await rename(`${folder}.moved`, folder);
          expect(readdirSync(elsewhere.folder)).toEqual([]);
          expect(exitCode).toBe(73);
          expect(stderr).toContain(`The run folder ${folder} cannot be written (ELOOP).`);
          return exitCode;
        });
      },
    );
  });
}
