/** The options of spark-submit 4.3, with its own spelling; every one is passed on as it was given. */
export const sparkSubmitOptions = [
  {
    flags: '--master <url>',
    text: 'spark://host:port, yarn, k8s://…, local[*]: submit there instead of to a cluster of sparkctl',
  },
  { flags: '--deploy-mode <mode>', text: 'client or cluster' },
  { flags: '--remote <url>', text: 'a Spark Connect server, sc://host:port' },
  { flags: '--class <name>', text: 'main class of a Java or Scala application' },
  { flags: '--name <name>', text: 'name of the application' },
  { flags: '--jars <jars>', text: 'jars for driver and executors' },
  { flags: '--packages <coordinates>', text: 'Maven coordinates of jars for driver and executors' },
  { flags: '--exclude-packages <coordinates>', text: 'what to leave out of --packages' },
  { flags: '--repositories <urls>', text: 'more repositories for --packages' },
  { flags: '--py-files <files>', text: '.zip, .egg, .whl or .py files for PYTHONPATH' },
  { flags: '--files <files>', text: "files for every executor's working folder" },
  { flags: '--archives <archives>', text: "archives unpacked into every executor's working folder" },
  { flags: '-c, --conf <property=value>', text: 'a Spark property; may be repeated' },
  { flags: '--properties-file <file>', text: 'Spark properties, instead of spark-defaults.conf' },
  { flags: '--load-spark-defaults', text: 'read spark-defaults.conf also where --properties-file is given' },
  { flags: '--driver-memory <size>', text: 'memory of the driver, such as 2g' },
  { flags: '--driver-java-options <options>', text: 'Java options of the driver' },
  { flags: '--driver-library-path <path>', text: 'library path of the driver' },
  { flags: '--driver-class-path <path>', text: 'class path of the driver' },
  { flags: '--driver-default-class-path <path>', text: 'default class path of the driver' },
  { flags: '--executor-memory <size>', text: 'memory of an executor, such as 2g' },
  { flags: '--proxy-user <name>', text: 'user to impersonate' },
  { flags: '--driver-cores <n>', text: 'cores of the driver, in cluster mode' },
  { flags: '--supervise', text: 'restart the driver when it fails, in cluster mode' },
  { flags: '--total-executor-cores <n>', text: 'cores of all executors together' },
  { flags: '--executor-cores <n>', text: 'cores of an executor' },
  { flags: '--num-executors <n>', text: 'executors, on YARN and Kubernetes' },
  { flags: '--principal <principal>', text: 'Kerberos principal' },
  { flags: '--keytab <path>', text: 'Kerberos keytab' },
  { flags: '--queue <name>', text: 'YARN queue' },
  { flags: '-v, --verbose', text: 'have spark-submit say more' },
] as const;

/** Options that make spark-submit do something else than submit; they need no script. */
export const sparkSubmitInquiries = [
  { flags: '--kill <submission>', text: 'end a driver that runs in cluster mode' },
  { flags: '--status <submission>', text: 'ask for a driver that runs in cluster mode' },
  { flags: '--usage-error', text: "show spark-submit's own usage and fail" },
  { flags: '--version', text: 'version of Spark' },
] as const;

/** One option as a person gave it: the long name, and the value where it takes one. */
export interface GivenSparkOption {
  readonly name: `--${string}`;
  readonly value?: string;
}

/** The last value given for an option, as spark-submit has it. */
export function lastValue(
  options: readonly GivenSparkOption[],
  name: GivenSparkOption['name'],
): string | undefined {
  return options.filter((option) => option.name === name).at(-1)?.value;
}

export interface SparkSubmission {
  /** The cluster's master; undefined where the person named one, or a Connect server. */
  readonly master?: string;
  /** Weakest first: what the cluster needs, then what the manifest says. What the person gave comes after both. */
  readonly properties: readonly Readonly<Record<string, string>>[];
  /** Files of properties, weakest first: they are handed to the driver apart from the arguments. */
  readonly propertiesFiles: readonly string[];
  readonly options: readonly GivenSparkOption[];
  readonly application: string;
  readonly applicationArguments: readonly string[];
}

/** Everything after the word spark-submit. Of a property that is set twice, spark-submit takes the last. */
export function sparkSubmitArguments(submission: SparkSubmission): readonly string[] {
  const { master, properties, options, application, applicationArguments } = submission;
  const merged: Readonly<Record<string, string>> = Object.assign({}, ...properties);
  return [
    ...(master === undefined ? [] : ['--master', master]),
    ...Object.entries(merged).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
    ...options.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value])),
    application,
    ...applicationArguments,
  ];
}

/** A command line that can be pasted into a POSIX shell and means exactly these words. It is for people: nothing here runs one. */
export function quoteForShell(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
