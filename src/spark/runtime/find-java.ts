import { readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { runCommand } from '../../system/processes/run-command.ts';
import { describePassedOver, type PassedOver } from './candidate.ts';

/** The oldest Java that Spark 4.3 runs on. */
const oldestMajor = 17;

export interface Java {
  /** Value for JAVA_HOME. */
  readonly home: string;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds a Java that Spark runs on: JAVA_HOME, then PATH, then the folders where systems keep theirs. */
export async function findJava(environment: Environment): Promise<Java> {
  const passedOver: PassedOver[] = [];
  for await (const { place, home } of candidates(environment)) {
    const version = await versionOf(home);
    if (version === undefined) passedOver.push({ place, reason: `no working Java in ${home}` });
    else if (majorOf(version) < oldestMajor)
      passedOver.push({ place, reason: `version ${version} is older than ${oldestMajor}` });
    else return { home, version };
  }
  throw new SparkctlError({
    code: 'no-java',
    category: 'runtime',
    message: `No Java ${oldestMajor} or newer was found. Looked at:${describePassedOver(passedOver)}`,
    hint: `Install one (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk@17) or set JAVA_HOME to it.`,
    details: { passedOver },
  });
}

async function* candidates(environment: Environment): AsyncGenerator<{ place: string; home: string }> {
  const seen = new Set<string>();
  const fresh = async (place: string, home: string) => {
    const real = await realpath(home).catch(() => home);
    if (seen.has(real)) return undefined;
    seen.add(real);
    return { place, home: real };
  };
  const javaHome = environment['JAVA_HOME'];
  const named = javaHome ? await fresh('JAVA_HOME', javaHome) : undefined;
  if (named) yield named;
  for (const folder of (environment['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const program = await realpath(join(folder, 'java')).catch(() => undefined);
    const onPath =
      program === undefined ? undefined : await fresh(`PATH (${folder})`, dirname(dirname(program)));
    if (onPath) yield onPath;
  }
  for (const folder of knownFolders(environment)) {
    for (const entry of (await readdir(folder).catch(() => [])).sort()) {
      const home = folder.includes('JavaVirtualMachines')
        ? join(folder, entry, 'Contents', 'Home')
        : join(folder, entry);
      const known = await fresh(home, home);
      if (known) yield known;
    }
  }
}

function knownFolders(environment: Environment): readonly string[] {
  // A list of folders instead of the usual ones: for machines that keep Java elsewhere.
  const own = environment['SPARKCTL_JAVA_FOLDERS'];
  if (own !== undefined) return own.split(delimiter).filter(Boolean);
  const home = environment['HOME'] ?? homedir();
  return [
    '/usr/lib/jvm',
    '/usr/java',
    '/opt/java',
    '/Library/Java/JavaVirtualMachines',
    join(home, '.sdkman', 'candidates', 'java'),
    join(home, '.jdks'),
  ];
}

/** From the `release` file that every JDK carries, which costs no JVM start; from `java -version` where there is none. */
async function versionOf(home: string): Promise<string | undefined> {
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '');
  const written = /^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1];
  if (written !== undefined) {
    const exists = await realpath(join(home, 'bin', 'java')).catch(() => undefined);
    return exists === undefined ? undefined : written;
  }
  const { stderr, exitCode } = await runCommand(join(home, 'bin', 'java'), ['-version'], {
    timeoutMs: 20_000,
  });
  return exitCode === 0 ? /version "([^"]+)"/.exec(stderr)?.[1] : undefined;
}

/** `17.0.15` is 17; `1.8.0_402`, in the old way of counting, is 8. */
function majorOf(version: string): number {
  const [first, second] = version.split(/[._-]/);
  return Number.parseInt((first === '1' ? second : first) ?? '0', 10) || 0;
}
