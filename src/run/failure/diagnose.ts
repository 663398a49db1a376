import type { MemoryShortage } from '../events/event-log.ts';
import type { ScriptError } from './script-error.ts';

/** A failure that is known: what it is, in a clause, and what to do. */
export interface Diagnosis {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The traces of a driver that failed. */
export interface Evidence {
  /** The end of what it printed, without secrets. */
  readonly printed: string;
  readonly scriptError: ScriptError | undefined;
  /** The memory of executors that was too small, by the event log. */
  readonly shortage: MemoryShortage | undefined;
  /** True where the driver itself was ended for its memory. */
  readonly outOfMemory: boolean;
  readonly project: string;
}

/** Names the reason of a failure where it is a known one: of several that are there, the first of the table. */
export function diagnose(evidence: Evidence): Diagnosis | undefined {
  if (evidence.outOfMemory)
    return {
      code: 'driver-out-of-memory',
      message: 'it ran out of memory',
      hint: 'Give the driver more with --driver-memory.',
    };
  const text = lastWords(evidence);
  const facts = {
    onExecutor: /Python worker|PythonException|pyspark\/worker\.py/.test(text),
    place: placeOf(evidence),
    ...evidence,
  };
  for (const { code, sign, say } of known) {
    const found = sign.exec(text);
    const said = found === null ? undefined : say(found, facts);
    if (said !== undefined) return { code, ...said };
  }
  if (evidence.shortage !== undefined) return ofShortage[evidence.shortage];
  return facts.onExecutor && evidence.scriptError !== undefined
    ? {
        code: 'function-failed',
        message: `a Python function of the script failed on an executor${facts.place}`,
        hint: 'Call the function on a row of your own to see it fail without Spark. Spark does not say which row it was.',
      }
    : undefined;
}

/** Finds what was printed since the exception: what stands before it may be about something that went well in the end. */
function lastWords({ printed, scriptError }: Evidence): string {
  const at = printed.indexOf('Traceback (most recent call last)');
  return `${scriptError?.message ?? ''}\n${at < 0 ? printed.slice(-8192) : printed.slice(at)}`;
}

function placeOf({ scriptError }: Evidence): string {
  return scriptError?.file === undefined ? '' : ` (${scriptError.file}, line ${scriptError.line})`;
}

interface Facts extends Evidence {
  /** True where the exception was thrown by the Python of an executor. */
  readonly onExecutor: boolean;
  /** ` (jobs/etl.py, line 12)`. */
  readonly place: string;
}

interface Known {
  readonly code: string;
  readonly sign: RegExp;
  /** Undefined where it is none after all. */
  readonly say: (found: RegExpExecArray, facts: Facts) => Omit<Diagnosis, 'code'> | undefined;
}

const names = (list: string) => list.replaceAll('`', '');

const known: readonly Known[] = [
  {
    code: 'shadowed-module',
    sign: /partially initialized module '([\w.]+)' .*circular import\) \((.+?)\)/,
    say: ([, module, file = ''], { project }) =>
      file.startsWith(`${project}/`)
        ? {
            message: `the file ${file.slice(project.length + 1)} stands in the way of Python's own module ${module}`,
            hint: 'Give the file another name: Python finds what lies beside the script first.',
          }
        : undefined,
  },
  {
    code: 'unknown-column',
    sign: /\[UNRESOLVED_COLUMN\.\w+\] .*? with name (`.+?`) cannot be resolved\.(?: Did you mean one of the following\? \[(.*?)\])?/,
    say: ([, column = '', there], { place }) => ({
      message: `there is no column ${names(column)}${there === undefined ? '' : `; the nearest are ${names(there)}`}`,
      hint: `Correct the name${place}. The columns of a frame are in its .columns.`,
    }),
  },
  {
    code: 'unknown-table',
    sign: /\[TABLE_OR_VIEW_NOT_FOUND\] The table or view (`.+?`) cannot be found/,
    say: ([, table = ''], { place }) => ({
      message: `there is no table or view ${names(table)}`,
      hint: `Correct the name${place}, or make it first. A view of another session is not seen, and a table only in the warehouse where it was made (spark.sql.warehouse.dir).`,
    }),
  },
  {
    code: 'wrong-sql',
    sign: /\[PARSE_SYNTAX_ERROR\] (Syntax error at or near .+?)\.(?: SQLSTATE|$)/m,
    say: ([, what = ''], { place }) => ({
      message: `Spark cannot read the SQL: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
      hint: `Correct the statement${place}.`,
    }),
  },
  {
    code: 'path-missing',
    sign: /\[PATH_NOT_FOUND\] Path does not exist: (?:file:)?(\S+?)\.?(?: SQLSTATE|\s|$)/,
    say: ([, path = '']) => ({
      message: `there is no ${path}`,
      hint: 'A relative path counts from the working folder. On a Docker cluster only the project and the files of the manifest are there; on other hosts every worker must see the path.',
    }),
  },
  {
    code: 'python-mismatch',
    sign: /Python in worker has different version: (\S+?) than that in driver: (\S+?),/,
    say: ([, worker, driver]) => ({
      message: `the workers have Python ${worker}, and the driver ${driver}`,
      hint: 'Give both the same minor version: PYSPARK_PYTHON for the workers and PYSPARK_DRIVER_PYTHON for the driver, or send an environment along with --archives.',
    }),
  },
  {
    code: 'module-missing',
    sign: /ModuleNotFoundError: No module named '([^']+)'/,
    say: ([, module], { onExecutor }) =>
      onExecutor
        ? {
            message: `the Python of the executors has no module ${module}`,
            hint: 'Send a module of your own along with --py-files, and packages as an environment with --archives. docs/image.md says how the image gets more packages.',
          }
        : {
            message: `Python has no module ${module}`,
            hint: 'A module of your own must lie beside the script or come with --py-files. Packages come as an environment with --archives. docs/image.md says how the image gets more of them.',
          },
  },
  {
    code: 'package-unresolved',
    sign: /unresolved dependency: ([^#\s\]]+)#([^;\s\]]+);([^:\s\]]+): ([^\]\n]+)/,
    say: ([, group, artifact, version, why]) => ({
      message: `the package ${group}:${artifact}:${version} could not be fetched (${why})`,
      hint: 'Check its name and version, which for Scala ends with _2.13. Behind a proxy, give its certificates with --ca-bundle; other places to look in with --repositories.',
    }),
  },
  {
    code: 'data-source-missing',
    sign: /\[DATA_SOURCE_NOT_FOUND\] Failed to find the data source: (\S+?)\.(?:\s|$)/,
    say: ([, source]) => ({
      message: `Spark has no data source ${source}`,
      hint: 'Check the name, or bring the package that has it with --packages group:artifact:version.',
    }),
  },
  {
    code: 'class-version',
    sign: /UnsupportedClassVersionError: (\S+) has been compiled by a more recent version of the Java Runtime \(class file version (\d+)/,
    say: ([, name, version]) => ({
      message: `${name?.replaceAll('/', '.')} was compiled for Java ${Number(version) - 44}`,
      hint: 'Compile it for the Java that runs Spark (javac --release), or set JAVA_HOME to a newer one.',
    }),
  },
  {
    code: 'class-missing',
    sign: /(?:ClassNotFoundException|NoClassDefFoundError): ([\w.$/]+)/,
    say: ([, name]) => ({
      message: `Java has no class ${name?.replaceAll('/', '.')}`,
      hint: 'Bring the jar that has it with --jars, or its package with --packages group:artifact:version.',
    }),
  },
  {
    code: 'sqlite-path',
    sign: /SQLITE_ERROR\].*?no such table: (\S+?)\)?$/m,
    say: ([, table]) => ({
      message: `the SQLite database that was opened has no table ${table}`,
      hint: 'A relative jdbc:sqlite: path is another file for each executor, made empty in a folder of its own: give the absolute path. write_sqlite of sparkctl_io takes either.',
    }),
  },
  {
    code: 'not-serializable',
    sign: /\[CONTEXT_ONLY_VALID_ON_DRIVER\]|Could not serialize object: \w+: (cannot pickle .+)|Task not serializable/,
    say: ([, what], { place }) => ({
      message: `a function that runs on executors uses what is only on the driver${what === undefined ? ' (the session, a frame)' : `: ${what}`}`,
      hint: `Take it out of the function${place}: collect() what it needs before, broadcast() it, or make it inside the function.`,
    }),
  },
  {
    code: 'result-too-large',
    sign: /Total size of serialized results of .*? is bigger than (?:local maxResultSize|spark\.driver\.maxResultSize)/,
    say: (_, { place }) => ({
      message: 'more was collected on the driver than spark.driver.maxResultSize allows',
      hint: `Write the rows or aggregate them instead of collecting them${place}; or allow more with --conf spark.driver.maxResultSize=4g and enough --driver-memory.`,
    }),
  },
  {
    code: 'disk-full',
    sign: /No space left on device/,
    say: (_, { onExecutor, place }) => ({
      message: `a disk is full${onExecutor ? ', where an executor wrote' : place}`,
      hint: 'Make room. Shuffles and spills go to spark.local.dir (/tmp by default): --conf spark.local.dir=… names a larger disk.',
    }),
  },
  {
    code: 'permission-denied',
    sign: /(?:PermissionError: \[Errno 13\] Permission denied|AccessControlException: .*|AccessDeniedException|FileNotFoundException: .*Permission denied)[:(]? ?'?([^'\s)]*)/,
    say: ([, path = ''], { place }) => ({
      message: `a file may not be opened${path === '' ? '' : `: ${path}`}${place}`,
      hint: 'Give the user who runs the driver or the workers the right to it. In containers that is user 1001, group 0.',
    }),
  },
  {
    code: 'executor-lost',
    sign: /ExecutorLostFailure \(executor \S+ exited[^)]*\) Reason: (.{1,200})/,
    say: ([, why = ''], { shortage }) =>
      shortage === undefined
        ? {
            message: `executors were lost until Spark gave up: ${why.trim()}`,
            hint: 'See sparkctl cluster status and sparkctl cluster logs worker-1: a worker may have died, or its container was stopped.',
          }
        : undefined,
  },
  {
    code: 'driver-heap-full',
    sign: /java\.lang\.OutOfMemoryError: (?:Java heap space|GC overhead limit exceeded)/,
    say: (_, { shortage }) =>
      shortage === undefined
        ? { message: "the driver's Java heap was full", hint: 'Give the driver more with --driver-memory.' }
        : undefined,
  },
];

const ofShortage: Readonly<Record<MemoryShortage, Diagnosis>> = {
  heap: {
    code: 'executor-heap-full',
    message: 'an executor ran out of memory (its Java heap was full)',
    hint: 'Give executors more with --executor-memory, and workers at least as much with --worker-memory, or make the partitions smaller.',
  },
  limit: {
    code: 'executor-killed',
    message:
      'a process of an executor was killed, most likely because its container or the machine ran out of memory',
    hint: 'Make the workers larger with --worker-memory, or let Python tasks take less (spark.executor.pyspark.memory, smaller partitions).',
  },
};
