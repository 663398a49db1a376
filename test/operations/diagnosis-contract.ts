import { expect } from 'vitest';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { sparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

const context = `from pyspark import SparkContext
sc = SparkContext()
`;
const session = `from pyspark.sql import SparkSession
from pyspark.sql.functions import col, udf
spark = SparkSession.builder.getOrCreate()
`;

interface Failure {
  readonly script: string;
  readonly options?: readonly string[];
  readonly diagnosis: { readonly code: string; readonly message: string };
  /** The line that is marked. */
  readonly marked?: string;
}

/** Mistakes that people make, made on the real Spark. */
const failures = {
  column: {
    script: `${session}users = spark.range(3).selectExpr("id", "cast(id AS string) AS email")

def clean(frame):
    return frame.select("emial")

clean(users).show()
`,
    diagnosis: { code: 'unknown-column', message: 'there is no column emial; the nearest are email, id' },
    marked: '> column.py, line 7, in clean\n      return frame.select("emial")',
  },
  path: {
    script: `${session}spark.read.json("/nowhere/users.jsonl").show()\n`,
    diagnosis: { code: 'path-missing', message: 'there is no /nowhere/users.jsonl' },
    marked: '> path.py, line 4, in <module>\n      spark.read.json("/nowhere/users.jsonl").show()',
  },
  table: {
    script: `${session}spark.table("nowhere").show()\n`,
    diagnosis: { code: 'unknown-table', message: 'there is no table or view nowhere' },
    marked: '> table.py, line 4, in <module>\n      spark.table("nowhere").show()',
  },
  zero: {
    script: `${session}@udf("double")\ndef half(value):\n    return 1 / value\n\nspark.range(3).select(half("id")).show()\n`,
    diagnosis: {
      code: 'function-failed',
      message: 'a Python function of the script failed on an executor (zero.py, line 6)',
    },
    marked: '> zero.py, line 6, in half\n      return 1 / value\n  ZeroDivisionError: division by zero\n',
  },
  module: {
    script: `${session}@udf("string")\ndef tidy(value):\n    import sunflower\n    return sunflower.tidy(value)\n\nspark.range(3).select(tidy("id")).show()\n`,
    diagnosis: { code: 'module-missing', message: 'the Python of the executors has no module sunflower' },
    marked: '> module.py, line 6, in tidy\n      import sunflower',
  },
  imports: {
    script: 'import sunflower\n',
    diagnosis: { code: 'module-missing', message: 'Python has no module sunflower' },
    marked: '> imports.py, line 1, in <module>\n      import sunflower',
  },
  source: {
    script: `${session}spark.read.format("mongodb").load().show()\n`,
    diagnosis: { code: 'data-source-missing', message: 'Spark has no data source mongodb' },
  },
  driverclass: {
    script: `${session}spark.range(3).write.format("jdbc").options(url="jdbc:x:y", dbtable="t", driver="org.example.Driver").save()\n`,
    diagnosis: { code: 'class-missing', message: 'Java has no class org.example.Driver' },
  },
  closure: {
    script: `${session}rows = spark.range(3)\nprint(spark.range(3).rdd.map(lambda row: rows.count()).collect())\n`,
    diagnosis: {
      code: 'not-serializable',
      message: 'a function that runs on executors uses what is only on the driver (the session, a frame)',
    },
  },
  collected: {
    script: `${context}print(len(sc.parallelize(range(40)).map(lambda n: "x" * 1_000_000).collect()))\n`,
    options: ['--conf', 'spark.driver.maxResultSize=20m'],
    diagnosis: {
      code: 'result-too-large',
      message: 'more was collected on the driver than spark.driver.maxResultSize allows',
    },
  },
  full: {
    script: `${context}sc.parallelize([1], 1).foreachPartition(lambda rows: open("/dev/full", "w", buffering=1).write("x\\n"))\n`,
    diagnosis: { code: 'disk-full', message: 'a disk is full, where an executor wrote' },
  },
  package: {
    script: session,
    options: ['--packages', 'com.example:nothing:1.0'],
    diagnosis: {
      code: 'package-unresolved',
      message: 'the package com.example:nothing:1.0 could not be fetched (not found)',
    },
  },
} satisfies Readonly<Record<string, Failure>>;

export type FailureName = keyof typeof failures;
export const failureNames = Object.keys(failures) as readonly FailureName[];

/** Submits a script with a mistake, and expects the last words on the screen: its own traceback, what it means, what to do, and where there is more. */
export async function expectDiagnosed(
  project: TemporaryProject,
  name: FailureName,
  place: readonly string[],
): Promise<void> {
  const { script, options = [], diagnosis, marked }: Failure = failures[name];
  await project.write(`${name}.py`, script);
  const words = ['submit', ...place, ...options, `${name}.py`];
  const { exitCode, stdout, stderr } = await sparkctl(words, { cwd: project.folder });
  expect(exitCode, stderr).toBe(1);
  const shown = await sparkctl(['runs', 'show', '--json'], { cwd: project.folder });
  const record: RunRecord = JSON.parse(shown.stdout);
  expect(record.diagnosis, stdout).toEqual({ ...diagnosis, hint: expect.stringMatching(/\S/) });
  const ending = stderr.slice(stderr.indexOf('\nResult'));
  if (marked !== undefined) expect(ending).toContain(marked);
  expect(ending).not.toMatch(/^\s*at [\w.$]+\(|site-packages/m);
  const { message, hint } = record.diagnosis ?? {};
  expect(ending).toContain(`ended with exit code 1: ${message}.`);
  expect(ending.endsWith(`  Hint: ${hint}\n  More: sparkctl runs logs ${record.id}\n`), ending).toBe(true);
}
