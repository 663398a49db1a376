import { describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose } from '../../../src/run/failure/diagnose.ts';
import { findScriptError } from '../../../src/run/failure/script-error.ts';

const script = { path: '/p/job.py', project: '/p' };

function diagnosisOf(printed: string, more: Partial<Parameters<typeof diagnose>[0]> = {}) {
  const scriptError = findScriptError(printed, script);
  return diagnose({ printed, scriptError, shortage: undefined, outOfMemory: false, project: '/p', ...more });
}

const raised = (exception: string) =>
  `Traceback (most recent call last):\n  File "/p/job.py", line 7, in clean\n    work()\n${exception}\n`;
const onExecutor = (exception: string) =>
  raised(
    `pyspark.errors.exceptions.captured.PythonException: An exception was thrown from the Python worker:\n${raised(exception)}`,
  );

/** Messages of Spark 4.3.0, and what they mean. */
const failures: readonly (readonly [code: string, printed: string, message: string])[] = [
  [
    'shadowed-module',
    raised(
      "ImportError: cannot import name 'MappingProxyType' from partially initialized module 'types' (most likely due to a circular import) (/p/types.py)",
    ),
    "the file types.py stands in the way of Python's own module types",
  ],
  [
    'unknown-column',
    raised(
      'pyspark.errors.exceptions.captured.AnalysisException: [UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `a b`.`c` cannot be resolved. SQLSTATE: 42703',
    ),
    'there is no column a b.c',
  ],
  [
    'wrong-sql',
    raised(
      "pyspark.errors.exceptions.captured.ParseException: [PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'. SQLSTATE: 42601 (line 1, pos 0)",
    ),
    "Spark cannot read the SQL: syntax error at or near 'SELEC'",
  ],
  [
    'python-mismatch',
    raised(
      'pyspark.errors.exceptions.base.PySparkRuntimeError: [PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.12 than that in driver: 3.11, PySpark cannot run with different minor versions.',
    ),
    'the workers have Python 3.12, and the driver 3.11',
  ],
  [
    'class-version',
    raised(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.load.\n: java.lang.UnsupportedClassVersionError: org/example/Words has been compiled by a more recent version of the Java Runtime (class file version 69.0), this version',
    ),
    'org.example.Words was compiled for Java 25',
  ],
  [
    'sqlite-path',
    raised(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.load.\n: org.sqlite.SQLiteException: [SQLITE_ERROR] SQL error or missing database (no such table: users)',
    ),
    'the SQLite database that was opened has no table users',
  ],
  [
    'not-serializable',
    raised(
      "_pickle.PicklingError: Could not serialize object: TypeError: cannot pickle '_thread.lock' object",
    ),
    "a function that runs on executors uses what is only on the driver: cannot pickle '_thread.lock' object",
  ],
  [
    'permission-denied',
    raised("PermissionError: [Errno 13] Permission denied: '/srv/out.csv'"),
    'a file may not be opened: /srv/out.csv (job.py, line 7)',
  ],
  [
    'executor-lost',
    raised(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.count.\n: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure: Lost task 0.3 in stage 0.0 (TID 3) (10.0.0.2 executor 3): ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: worker lost: 10.0.0.2:4000',
    ),
    'executors were lost until Spark gave up: worker lost: 10.0.0.2:4000',
  ],
  [
    'driver-heap-full',
    raised(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.allocate.\n: java.lang.OutOfMemoryError: Java heap space',
    ),
    "the driver's Java heap was full",
  ],
  [
    'disk-full',
    onExecutor('OSError: [Errno 28] No space left on device'),
    'a disk is full, where an executor wrote',
  ],
];

describe('the diagnosis of a failure', () => {
  it.each(failures)('%s', (code, printed, message) => {
    expect(diagnosisOf(printed)).toMatchObject({ code, message, hint: expect.stringMatching(/\S/) });
  });

  it('is not made of what was printed before the exception', () => {
    const harmless =
      'No space left on device, once; removed it\n[PATH_NOT_FOUND] Path does not exist: /a. SQLSTATE\n';
    expect(diagnosisOf(`${harmless}${raised('ValueError: no such city')}`)).toBeUndefined();
  });

  it("is none where only the script's own words are there", () => {
    expect(diagnosisOf('job: the input is empty\n')).toBeUndefined();
    expect(diagnosisOf('')).toBeUndefined();
  });

  it('is the memory of executors where the event log says so, whatever else was printed', () => {
    const lost = failures.find(([code]) => code === 'executor-lost')?.[1] ?? '';
    expect(diagnosisOf(lost, { shortage: 'limit' })).toMatchObject({ code: 'executor-killed' });
    expect(diagnosisOf('', { shortage: 'heap' })).toMatchObject({ code: 'executor-heap-full' });
    expect(diagnosisOf('', { outOfMemory: true })).toMatchObject({ code: 'driver-out-of-memory' });
  });

  it('does not take long, whatever was printed', () => {
    const began = performance.now();
    for (const part of ['[UNRESOLVED_COLUMN.A] x', '`', "partially initialized module 'a' ", 'a#b;c: ', ' '])
      diagnosisOf(part.repeat(65_536 / part.length));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('stands for a file of the project alone where a module is shadowed', () => {
    const elsewhere = failures[0]?.[1].replace('/p/types.py', '/usr/lib/types.py') ?? '';
    expect(diagnosisOf(elsewhere) satisfies Diagnosis | undefined).toBeUndefined();
  });
});
