import { expect } from 'vitest';
import type { CompatibilityCase, Outcome, Part } from './compatibility-case.ts';

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

/** The scripts of Spark's interfaces: plain ones, which one session can run in turn. */
const interfaces: readonly Part[] = [
  { name: 'rdds.py', uses: 'RDDs, accumulators, broadcasts' },
  { name: 'dataframes.py', uses: 'DataFrames, four file formats' },
  { name: 'sql.py', uses: 'SQL, a table in the warehouse', folders: ['spark-warehouse'] },
  { name: 'udfs.py', uses: 'plain, Arrow and pandas UDFs' },
  { name: 'pandas_on_spark.py', uses: 'pandas on Spark' },
  { name: 'streaming.py', uses: 'Structured Streaming, availableNow' },
  { name: 'ml.py', uses: 'pyspark.ml, a saved model' },
  { name: 'exit_code.py', uses: 'exit code 42, session not stopped' },
];

/** Scripts that one submission runs in turn. */
function inTurn(options: readonly string[], parts: readonly Part[], exitCode = 0): CompatibilityCase {
  return { words: [...options, 'scripts/in_turn.py', ...parts.map(({ name }) => name)], parts, exitCode };
}

/** Every submission of the suite. What they need beside their scripts is made by materials.ts. */
export const compatibilityCases: readonly CompatibilityCase[] = [
  {
    words: ['--class', 'compatibility.Words', 'words.jar', 'two words', 'grüße', '--class'],
    input: 'from outside',
    exitCode: 5,
    parts: [
      {
        name: 'words.jar',
        uses: '--class in a jar, exit code 5',
        differs: { local: noInput, docker: noInput },
      },
    ],
  },
  {
    words: ['scripts/local_master.py'],
    exitCode: 3,
    parts: [{ name: 'local_master.py', uses: 'own master local[*], exit code 3' }],
  },
  {
    words: ['scripts/bare.py', ...oddWords],
    exitCode: 1,
    parts: [
      { name: 'surroundings', uses: 'folder, variables, terminal', differs: { docker: otherVariables } },
      { name: 'arguments', uses: 'odd arguments' },
      { name: 'uncaught', uses: 'an exception, exit code 1', differs: { docker: otherSparkHome } },
    ],
  },
  inTurn([], interfaces, 42),
  inTurn(
    [
      ...['--py-files', 'from_module.py,zipped.zip,egg-1.0.egg,wheel-1.0-py3-none-any.whl'],
      ...['--files=notes.txt,other-notes.txt', '--archives', 'environment.tar.gz#environment'],
      ...['--name', 'with options', '--properties-file', 'own.properties', '-c', 'spark.example.size=large'],
      ...['--conf=spark.example.shape=a b="c"', '--jars', 'words.jar', '--executor-memory=600m'],
      ...['--packages', 'org.apache.commons:commons-csv:1.11.0'],
      ...['--total-executor-cores', '1', '--driver-java-options', '-Dexample.option=x'],
    ],
    [
      { name: 'py_files.py', uses: '--py-files, --files, --archives' },
      { name: 'options.py', uses: '--packages, --jars, settings' },
    ],
  ),
  {
    words: [
      ...['--archives', 'environment.tar.gz#environment', '--conf', 'spark.pyspark.driver.python=python3'],
      ...['--conf', 'spark.pyspark.python=./environment/bin/python', 'scripts/archives.py'],
    ],
    parts: [
      { name: 'archives.py', uses: '--archives, the Python in it', differs: { docker: noInterpreter } },
    ],
  },
];
