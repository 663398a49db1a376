import { copyFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, describe, expect } from 'vitest';
import { processesMentioning } from '../../support/spark-processes.ts';
import { sparkctl } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const isRoot = process.getuid?.() === 0;
const needsRoot = 'only root can mount a small disk';

/** A database, and a folder of Spark, on a disk of 8 MB without room. */
export function fullDisk(cluster: () => UsersProject): void {
  describe('a full disk', () => {
    const mounted: string[] = [];
    const mountSmall = async (folder: string) => {
      mkdirSync(folder, { recursive: true });
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
      mounted.push(folder);
    };
    afterAll(async () => {
      for (const folder of mounted) await execa('umount', [folder]);
    });
    const smallTable = () => ({ ...cluster().users, database: cluster().path('small/users.db') });
    const submit = () => cluster().run('submit', '--rows', '6000', '--seed', '6', 'jobs/small.yaml');

    fault(
      { number: 6, where: 'local', injected: 'the database is on a disk of 8 MB, which becomes full' },
      async ({ watch, skip }) => {
        if (!isRoot) skip(needsRoot);
        const project = cluster();
        await mountSmall(project.path('small'));
        const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
        await project.write(
          'jobs/small.yaml',
          `script: etl.py\n${manifest.replace('data/users.db', 'small/users.db').replace('data/users.jsonl', 'data/small.jsonl')}`,
        );
        // What the runs before have made is the old version.
        copyFileSync(project.users.database, project.path('small/users.db'));
        fill(project.path('small'), 2 ** 20);
        const table = { ...smallTable(), inputs: [] };
        return await watch(table, 'old', async () => {
          const { exitCode, stdout, stderr } = await submit();
          expect(stdout + stderr).toMatch(/^etl: .*no space left/im);
          expect(exitCode).toBe(74);
          return exitCode;
        });
      },
    );

    fault(
      { number: 6, where: 'local', injected: 'the same again, after space was made' },
      async ({ watch, skip }) => {
        if (!isRoot) skip(needsRoot);
        const project = cluster();
        rmSync(project.path('small/ballast'));
        return await watch(
          { ...smallTable(), inputs: [project.path('data/small.jsonl')] },
          'new',
          async () => {
            const { exitCode, stderr } = await submit();
            expect(exitCode, stderr).toBe(0);
            return exitCode;
          },
        );
      },
    );

    fault(
      {
        number: 6,
        where: 'local[1]',
        injected: 'the run folder is on a disk that becomes full',
      },
      async ({ watch, skip }) => {
        if (!isRoot) skip(needsRoot);
        const project = cluster();
        const folder = project.path('full-project');
        await mountSmall(folder);
        await project.write('full-project/package.json', '{}');
        await project.write('full-project/talk.py', endlessTalk);
        fill(folder, 2 ** 20);
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const words = ['submit', '--master', 'local[1]', '--json', 'talk.py'];
          const { exitCode, stderr } = await sparkctl(words, { cwd: folder });
          expect(stderr).toMatch(
            /^sparkctl: .* cannot be written \(ENOSPC\)\.\n {2}Hint: The disk is full: /m,
          );
          expect(exitCode).toBe(74);
          expect(processesMentioning(folder)).toEqual([]);
          return exitCode;
        });
      },
    );

    fault(
      { number: 6, where: 'local[1]', injected: 'spark.local.dir is on a full disk' },
      async ({ watch, skip }) => {
        if (!isRoot) skip(needsRoot);
        const project = cluster();
        await mountSmall(project.path('scratch'));
        fill(project.path('scratch'), 0);
        return await watch(project.users, ['old'], async () => {
          const words = ['--conf', `spark.local.dir=${project.path('scratch')}`, '--py-files', 'jobs/etl.py'];
          const { exitCode, stdout, stderr } = await project.run(
            'submit',
            '--master',
            'local[1]',
            '--rows',
            '1000',
            ...words,
            'jobs/etl.yaml',
          );
          expect(stdout + stderr).toContain('No space left on device');
          expect(exitCode).toBe(1);
          return exitCode;
        });
      },
    );
  });
}

const endlessTalk = `
while True:
    print("x" * 1000, flush=True)
`;

/** Fills a disk with a file until so many bytes are free. */
function fill(folder: string, freeBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(`${folder}/ballast`, Buffer.alloc(bavail * bsize - freeBytes));
}
