import { execa } from 'execa';
import { expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it("a shell that evaluates `sparkctl env` has sparkctl's own Spark, Java and Python", async () => {
  await using project = temporaryProject();
  await project.write("it's a bin/marker", '');
  const env = { PATH: `${project.path("it's a bin")}:${process.env['PATH']}`, PYTHONPATH: '/own folder' };
  const { exitCode, stdout } = await sparkctl(['env'], { cwd: project.folder, env });
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').filter((line) => line !== '' && !/^export [A-Z_]+=/.test(line))).toEqual([]);

  const script = `eval "$1"; spark-submit --version 2>&1; python -c 'import pyspark, sparkctl_io, os; print(pyspark.__version__, os.environ["PYTHONPATH"])'; printf '%s\\n' "$PATH"`;
  const shell = await execa('sh', ['-c', script, 'sh', stdout], { env, stdin: 'ignore' });
  expect(shell.stdout).toContain('version 4.3.0');
  expect(shell.stdout).toMatch(/^4\.3\.0 \/own folder:/m);
  expect(shell.stdout).toContain(`:${project.path("it's a bin")}:`);

  const json = JSON.parse((await sparkctl(['env', '--json'], { cwd: project.folder, env })).stdout);
  expect(Object.keys(json.variables)).toEqual([
    'JAVA_HOME',
    'SPARK_HOME',
    'PYSPARK_PYTHON',
    'PYTHONPATH',
    'PATH',
  ]);
  const again = await sparkctl(['env', '--json'], { cwd: project.folder, env: json.variables });
  expect(JSON.parse(again.stdout)).toEqual(json);
});
