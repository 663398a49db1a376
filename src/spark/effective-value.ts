import { type GivenSparkOption, lastValue } from './spark-submit.ts';

/** All places where a submission can say something of Spark's properties. */
export interface GivenProperties {
  readonly options: readonly GivenSparkOption[];
  readonly manifest?: { readonly file: string; readonly conf: Readonly<Record<string, string>> } | undefined;
  /** The files of properties, weakest first: spark-defaults.conf, `--properties-file`. */
  readonly files: readonly { readonly path: string; readonly properties: Readonly<Record<string, string>> }[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The value that counts, and the place where it was given, in words. */
interface EffectiveValue {
  readonly value: string;
  readonly saidBy: string;
}

/** The options of spark-submit that are a property in another spelling. */
const optionOf = {
  'spark.master': '--master',
  'spark.submit.deployMode': '--deploy-mode',
  'spark.remote': '--remote',
  'spark.app.name': '--name',
  'spark.jars': '--jars',
  'spark.jars.packages': '--packages',
  'spark.jars.excludes': '--exclude-packages',
  'spark.jars.repositories': '--repositories',
  'spark.files': '--files',
  'spark.archives': '--archives',
  'spark.submit.pyFiles': '--py-files',
  'spark.driver.memory': '--driver-memory',
  'spark.driver.extraJavaOptions': '--driver-java-options',
  'spark.driver.extraClassPath': '--driver-class-path',
  'spark.driver.extraLibraryPath': '--driver-library-path',
  'spark.executor.memory': '--executor-memory',
  'spark.executor.cores': '--executor-cores',
} as const satisfies Readonly<Record<string, GivenSparkOption['name']>>;

/** The property that an option sets, whatever its spelling. */
export function asProperty({
  name,
  value = '',
}: GivenSparkOption): { readonly key: string; readonly value: string } | undefined {
  const [, key, rest = ''] = (name === '--conf' ? /^([^=]*)=(.*)$/s.exec(value) : undefined) ?? [];
  if (key !== undefined) return { key, value: rest };
  const own = Object.entries(optionOf).find(([, option]) => option === name)?.[0];
  return own === undefined ? undefined : { key: own, value };
}

/** The variable that spark-submit asks last. MASTER is not among them: sparkctl names the master itself where nobody else does. */
const variableOf: Readonly<Record<string, string>> = { 'spark.submit.deployMode': 'DEPLOY_MODE' };

/**
 * The value that a property will have, found as spark-submit finds it: its own option, `--conf`, the manifest (which is
 * handed over as weaker `--conf`), the files of properties, and last the environment.
 */
export function effectiveValue(key: string, given: GivenProperties): EffectiveValue | undefined {
  const { options, manifest, files, environment } = given;
  const option = (optionOf as Readonly<Record<string, GivenSparkOption['name']>>)[key];
  const byOption = option && lastValue(options, option);
  if (byOption !== undefined) return { value: byOption, saidBy: `${option} ${byOption}` };
  const byConf = options
    .filter(({ name, value }) => name === '--conf' && value?.startsWith(`${key}=`))
    .at(-1)
    ?.value?.slice(key.length + 1);
  if (byConf !== undefined) return { value: byConf, saidBy: `--conf ${key}=${byConf}` };
  const byManifest = manifest?.conf[key];
  if (byManifest !== undefined)
    return { value: byManifest, saidBy: `${key}: ${byManifest} in the manifest ${manifest?.file}` };
  const file = files.findLast(({ properties }) => properties[key] !== undefined);
  const byFile = file?.properties[key];
  if (byFile !== undefined) return { value: byFile, saidBy: `${key} ${byFile} in ${file?.path}` };
  const variable = variableOf[key];
  const byVariable = variable && environment[variable];
  return byVariable ? { value: byVariable, saidBy: `the variable ${variable}=${byVariable}` } : undefined;
}

/** The deploy mode that spark-submit will use. */
export function deployMode(given: GivenProperties): EffectiveValue {
  return effectiveValue('spark.submit.deployMode', given) ?? { value: 'client', saidBy: 'nobody' };
}

/** Tells whether the driver will run within YARN: then YARN alone knows how it ended. */
export function runsInYarn(given: GivenProperties): boolean {
  return effectiveMaster(given)?.value === 'yarn' && deployMode(given).value === 'cluster';
}

/** The master that was named instead of a cluster of sparkctl, or a Connect server. */
export function effectiveMaster(given: GivenProperties): EffectiveValue | undefined {
  return effectiveValue('spark.master', given) ?? effectiveValue('spark.remote', given);
}
