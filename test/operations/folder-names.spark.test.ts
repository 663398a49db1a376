import { expect, it } from 'vitest';
import { executorsSoon } from '../support/soon.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it.each(['a#b', 'n a#b%41\\x ü,"q\'$&{z}[1]'])('a project in the folder %s works', async (name) => {
  await using project = temporaryProject();
  await project.write(`${name}/package.json`, '{}');
  await project.write(`${name}/data/x.txt`, '{"id": 1}\n{"id": 2}\n');
  await project.write(
    `${name}/job.yaml`,
    'input: { path: data/*.txt }\narguments: ["${input}", "${artifacts}"]\n',
  );
  await project.write(
    `${name}/job.py`,
    `
import sys
from pyspark.sql import SparkSession
from pyspark.sql.types import LongType, StructField, StructType
from sparkctl_io import read_json_lines

spark = SparkSession.builder.getOrCreate()
print(read_json_lines(spark, sys.argv[1], StructType([StructField("id", LongType())])).count(), __file__, sys.argv[2], sep="\\n")
`,
  );
  const size = ['--backend', 'local', '--workers', '1'];
  const words = ['submit', ...size, ...executorsSoon, '--progress', 'quiet', 'job.py'];
  const { exitCode, stdout } = await sparkctl(words, { cwd: project.path(name) });
  const [count, file, artifacts] = stdout.split('\n');
  expect({ exitCode, count, file }).toEqual({ exitCode: 0, count: '2', file: project.path(name, 'job.py') });
  expect(artifacts).toContain(`${project.path(name)}/.sparkctl/runs/job-`);
});
