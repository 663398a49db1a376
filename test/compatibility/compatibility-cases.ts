import { expect } from 'vitest';
import type { CompatibilityCase, Outcome } from './compatibility-case.ts';

/** The words that tell whether anything on the way reads, splits, quotes or drops what is the script's own. */
const oddWords = [
  ...[
    'two words',
    ' ',
    '',
    '"double"',
    "it's",
    'back\\slash',
    '$HOME `id` $(id)',
    'a\nline',
    'grüße 東京 🎉',
  ],
  ...[
    '--conf',
    'spark.app.name=other',
    '--master',
    'local[9]',
    '--properties-file',
    'none',
    '--workers',
    '3',
  ],
  ...['--help', '--', '-x=1', '*', '%s', 'a;b|c&d>e', '#fragment', '{"a": [1]}'],
];

/** The same output but for one text. */
const replaced =
  (from: string | RegExp, to: string) =>
  (reference: Outcome): Outcome => ({ ...reference, stdout: reference.stdout.replaceAll(from, to) });

const noInput = {
  why: "A jar's standard input is empty under sparkctl",
  instead: replaced('standard input: from outside\n', 'standard input: \n'),
};

const noInterpreter = {
  why: "A packed Python is a link to this machine's, which is not in the image",
  instead: (): Outcome => ({
    exitCode: 1,
    stdout: expect.stringContaining('Cannot run program "./environment/bin/python"'),
    files: {},
  }),
};

const otherSparkHome = {
  why: "Tracebacks and warnings name Spark's own files, which the image has in /opt/spark",
  instead: replaced(/\/\S*\/site-packages\/pyspark\/python\//g, '/opt/spark/python/'),
};

const otherVariables = {
  why: "A container has the image's variables, not your shell's",
  instead: replaced('variable blue\n', 'variable None\n'),
};

/** Every submission of the suite. What they need beside their scripts is made by materials.ts. */
export const compatibilityCases: readonly CompatibilityCase[] = [
  { name: 'rdds.py', uses: 'RDDs, accumulators, broadcasts', words: ['scripts/rdds.py'] },
  { name: 'dataframes.py', uses: 'DataFrames, four file formats', words: ['scripts/dataframes.py'] },
  { name: 'sql.py', uses: 'SQL, a table in the warehouse', words: ['scripts/sql.py'] },
  { name: 'udfs.py', uses: 'plain, Arrow and pandas UDFs', words: ['scripts/udfs.py'] },
  { name: 'pandas_on_spark.py', uses: 'pandas on Spark', words: ['scripts/pandas_on_spark.py'] },
  { name: 'streaming.py', uses: 'Structured Streaming, availableNow', words: ['scripts/streaming.py'] },
  { name: 'ml.py', uses: 'pyspark.ml, a saved model', words: ['scripts/ml.py'] },
  {
    name: 'py_files.py',
    uses: '--py-files, --files, --archives',
    words: [
      ...['--py-files', 'from_module.py,zipped.zip,egg-1.0.egg,wheel-1.0-py3-none-any.whl'],
      ...['--files=notes.txt,other-notes.txt', '--archives', 'environment.tar.gz#environment'],
      'scripts/py_files.py',
    ],
  },
  {
    name: 'archives.py',
    uses: '--archives, the Python in it',
    words: [
      ...['--archives', 'environment.tar.gz#environment', '--conf', 'spark.pyspark.driver.python=python3'],
      ...['--conf', 'spark.pyspark.python=./environment/bin/python', 'scripts/archives.py'],
    ],
    differs: { docker: noInterpreter },
  },
  {
    name: 'options.py',
    uses: '--packages, --jars, settings',
    words: [
      ...['--name', 'with options', '--properties-file', 'own.properties', '-c', 'spark.example.size=large'],
      ...['--conf=spark.example.shape=a b="c"', '--jars', 'words.jar', '--executor-memory=600m'],
      ...['--packages', 'org.apache.commons:commons-csv:1.11.0'],
      ...['--total-executor-cores', '1', '--driver-java-options', '-Dexample.option=x', 'scripts/options.py'],
    ],
  },
  {
    name: 'words.jar',
    uses: '--class in a jar, exit code 5',
    words: ['--class', 'compatibility.Words', 'words.jar', 'two words', 'grüße', '--class'],
    input: 'from outside',
    differs: { local: noInput, docker: noInput },
  },
  { name: 'local_master.py', uses: 'master local[*] in the script', words: ['scripts/local_master.py'] },
  {
    name: 'arguments.py',
    uses: 'odd arguments, exit code 42',
    words: ['scripts/arguments.py', ...oddWords],
  },
  {
    name: 'uncaught.py',
    uses: 'an exception, exit code 1',
    words: ['scripts/uncaught.py'],
    differs: { docker: otherSparkHome },
  },
  {
    name: 'surroundings.py',
    uses: 'folder, variables, terminal',
    words: ['scripts/surroundings.py'],
    differs: { docker: otherVariables },
  },
];
