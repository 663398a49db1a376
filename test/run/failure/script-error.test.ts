import { describe, expect, it } from 'vitest';
import { findScriptError, scriptErrorLine } from '../../../src/run/failure/script-error.ts';

const script = { path: '/p/jobs/etl.py', project: '/p' };
const find = (printed: string) => findScriptError(printed, script);
const said = (printed: string) => {
  const found = find(printed);
  return found && scriptErrorLine(found);
};

describe('the error of a script', () => {
  it('is the uncaught exception with its place in the script', () => {
    const printed = `reading
Traceback (most recent call last):
  File "/p/jobs/etl.py", line 12, in <module>
    main()
    ~~~~^^
  File "/p/jobs/etl.py", line 8, in main
    raise ValueError("no such city: Ulm")
ValueError: no such city: Ulm
`;
    expect(find(printed)).toEqual({
      type: 'ValueError',
      message: 'no such city: Ulm',
      file: 'jobs/etl.py',
      line: 8,
      frames: [
        { file: 'jobs/etl.py', line: 12, function: '<module>', code: 'main()' },
        { file: 'jobs/etl.py', line: 8, function: 'main', code: 'raise ValueError("no such city: Ulm")' },
      ],
    });
    expect(said(printed)).toBe('ValueError: no such city: Ulm (jobs/etl.py, line 8)');
  });

  it("is placed in the person's own code, not in a library", () => {
    expect(
      said(`Traceback (most recent call last):
  File "/p/jobs/etl.py", line 5, in <module>
    clean(spark)
  File "/p/jobs/cleaning.py", line 3, in clean
    spark.table("none").show()
  File "/p/.venv/lib/python3.11/site-packages/pyspark/sql/classic/dataframe.py", line 285, in show
    print(self._show_string(n, truncate, vertical))
  File "/cache/runtime/lib/python3.11/site-packages/pyspark/errors/exceptions/captured.py", line 269, in deco
    raise converted from None
pyspark.errors.exceptions.captured.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view \`none\` cannot be found.
'UnresolvedRelation [none], [], false

12:00:00 WARN Something: said by Spark
`),
    ).toBe(
      'AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `none` cannot be found. (jobs/cleaning.py, line 3)',
    );
  });

  it('of a chain is the last, and of a Python worker is the one in it', () => {
    expect(
      said(`Traceback (most recent call last):
  File "/p/jobs/etl.py", line 3, in <module>
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/p/jobs/etl.py", line 5, in <module>
RuntimeError: second
`),
    ).toBe('RuntimeError: second (jobs/etl.py, line 5)');
    expect(
      said(`Traceback (most recent call last):
  File "/p/jobs/etl.py", line 9, in <module>
  File "/x/lib/python3.11/site-packages/pyspark/errors/exceptions/captured.py", line 269, in deco
pyspark.errors.exceptions.captured.PythonException: 
  An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "/x/lib/python3.11/site-packages/pyspark/worker.py", line 1913, in main
    process()
  File "/p/jobs/etl.py", line 4, in half
    return value / 0
ZeroDivisionError: division by zero

`),
    ).toBe('ZeroDivisionError: division by zero (jobs/etl.py, line 4)');
  });

  it('of Java names the first and the deepest cause', () => {
    expect(
      said(`Traceback (most recent call last):
  File "/p/jobs/etl.py", line 2, in <module>
py4j.protocol.Py4JJavaError: An error occurred while calling o45.save.
: org.apache.spark.SparkException: Job aborted.
\tat org.apache.spark.Some.where(Some.scala:1)
Caused by: java.io.IOException: outer
Caused by: java.io.IOException: No space left on device
\tat java.base/java.io.Some.write(Some.java:1)
`),
    ).toBe(
      'Py4JJavaError: An error occurred while calling o45.save. org.apache.spark.SparkException: Job aborted. Caused by: java.io.IOException: No space left on device (jobs/etl.py, line 2)',
    );
    expect(
      said(`Exception in thread "main" java.lang.IllegalStateException: boom
\tat scala.Predef$.require(Predef.scala:1)
\tat Words.main(Words.java:17)
`),
    ).toBe('java.lang.IllegalStateException: boom (Words.java, line 17)'.replace('java.lang.', ''));
  });

  it('is found in what Python says of a script that it cannot read', () => {
    expect(
      said(`  File "/p/jobs/etl.py", line 2
    print("a"
         ^
SyntaxError: '(' was never closed
`),
    ).toBe("SyntaxError: '(' was never closed (etl.py, line 2)");
  });

  it('may be an exception group, or have no message', () => {
    expect(
      said(`  + Exception Group Traceback (most recent call last):
  |   File "/p/jobs/etl.py", line 1, in <module>
  |     raise ExceptionGroup("several", [ValueError(1)])
  | ExceptionGroup: several (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------
`),
    ).toBe('ExceptionGroup: several (1 sub-exception) (jobs/etl.py, line 1)');
    expect(
      said(`Traceback (most recent call last):
  File "/p/jobs/etl.py", line 7, in <module>
    assert rows
AssertionError
`),
    ).toBe('AssertionError (jobs/etl.py, line 7)');
  });

  it.each([
    ['etl: the disk is full\n', 'the disk is full'],
    ['usage: etl.py [-h]\netl.py: error: unrecognized arguments: x\n', 'unrecognized arguments: x'],
    ['etl: it went well\nand on\n', undefined],
    ['', undefined],
  ])('is the last line that begins with its name: %j', (printed, expected) => {
    expect(said(printed)).toBe(expected);
  });

  it('has nothing that a terminal would obey, and is not too long', () => {
    expect(said('\u001b[31metl: \u001b[0mred\u0008\u202e\n')).toBe('red\\u{8}\\u{202e}');
    expect([...(said(`etl: ${'x'.repeat(10_000)}\n`) ?? '')]).toHaveLength(601);
  });
});
