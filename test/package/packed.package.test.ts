import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

describe('the packed package', () => {
  it('holds what it needs, runs as a command, and can be imported', async () => {
    await using project = temporaryProject();
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', project.folder];
    const { stdout } = await execa('npm', pack, { cwd: repository });
    const [{ filename, files }] = JSON.parse(stdout);
    const paths: readonly string[] = files.map(({ path }: { path: string }) => path);
    for (const needed of [
      'bin/sparkctl.js',
      'dist/cli/main.js',
      'dist/index.d.ts',
      'jobs/etl.py',
      'jobs/etl.yaml',
      'requirements.txt',
      'spark/Dockerfile',
      'spark/requirements-build.txt',
      'spark/sparkctl_jobs/__init__.py',
      'spark/driver-log4j2.properties',
      'docker-compose.yml',
      'entrypoint.sh',
      'spark-defaults.conf',
    ])
      expect(paths).toContain(needed);
    expect(
      paths.filter((path) => /^(src|test|data|\.sparkctl|\.ci)\/|tests\/|__pycache__/.test(path)),
    ).toEqual([]);
    await execa('tar', ['-xzf', project.path(filename), '-C', project.folder]);
    await symlink(join(repository, 'node_modules'), project.path('package', 'node_modules'));
    const help = await execa(process.execPath, [project.path('package/bin/sparkctl.js'), '--help']);
    expect(help.stdout).toContain('sparkctl submit jobs/etl.py');
    await mkdir(project.path('node_modules'));
    await symlink(project.path('package'), project.path('node_modules/sparkctl'));
    const use =
      "const { submitJob, listRuns } = await import('sparkctl'); console.log(typeof submitJob, (await listRuns(process.cwd())).length);";
    const imported = await execa(process.execPath, ['--input-type=module', '-e', use], {
      cwd: project.folder,
    });
    expect(imported.stdout).toBe('function 0');
    expect(JSON.parse(await readFile(project.path('package/package.json'), 'utf8')).bin).toEqual({
      sparkctl: 'bin/sparkctl.js',
    });
  });
});
