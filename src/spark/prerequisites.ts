import { constants, readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { canAccess } from '../system/files/read-file.ts';
import { parseJson } from '../system/files/read-json.ts';
import { runCommand } from '../system/processes/run-command.ts';

/** A program that was found and not used, with the reason, for the message when none fits. */
export interface PassedOver {
  readonly place: string;
  readonly reason: string;
}

/** `  /usr/bin/java: version 11.0.2 is older than 17`, one line each. */
export function describePassedOver(passedOver: readonly PassedOver[]): string {
  return passedOver.map(({ place, reason }) => `\n  ${place}: ${reason}`).join('');
}

/** The oldest Java that Spark 4.3 runs on. */
export const oldestJava = 17;

export interface Java {
  /** Value for JAVA_HOME. */
  readonly home: string;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds a Java that Spark runs on: JAVA_HOME, then PATH, then the folders where systems keep theirs. Says what did not fit. */
export async function findJava(
  environment: Environment,
): Promise<{ readonly java?: Java; readonly passedOver: readonly PassedOver[] }> {
  const passedOver: PassedOver[] = [];
  for await (const { place, home } of javaCandidates(environment)) {
    const version = await javaVersion(home);
    if (version === undefined) passedOver.push({ place, reason: `no working Java in ${home}` });
    else if (majorOf(version) < oldestJava)
      passedOver.push({ place, reason: `version ${version} is older than ${oldestJava}` });
    else return { java: { home, version }, passedOver };
  }
  return { passedOver };
}

async function* javaCandidates(environment: Environment): AsyncGenerator<{ place: string; home: string }> {
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
export async function javaVersion(home: string): Promise<string | undefined> {
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

/** The oldest Python that pyspark 4.3 installs on. */
const oldestPython = { major: 3, minor: 11 };

export interface Python {
  /** The interpreter itself, shims and links resolved. */
  readonly executable: string;
  readonly version: string;
}

const pythonNames = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];

const pythonProbe = `
import json, sys
try:
    import ensurepip, venv
    missing = None
except ImportError as error:
    missing = error.name
print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0], "missing": missing}))
`;

/** Finds a Python from which the managed runtime can be made: SPARKCTL_PYTHON, then the usual pythonNames on PATH. */
export async function findPython(environment: Readonly<Record<string, string | undefined>>): Promise<Python> {
  const passedOver: PassedOver[] = [];
  for await (const { place, file } of pythonCandidates(environment)) {
    const { exitCode, stdout } = await runCommand(file, ['-c', pythonProbe], {
      environment,
      timeoutMs: 20_000,
    });
    const found = exitCode === 0 ? parse(stdout) : undefined;
    if (found === undefined) passedOver.push({ place, reason: 'does not run' });
    else if (isOlderPython(found.version))
      passedOver.push({
        place,
        reason: `version ${found.version} is older than ${oldestPython.major}.${oldestPython.minor}`,
      });
    else if (found.missing !== null)
      passedOver.push({ place, reason: `version ${found.version} has no module ${found.missing}` });
    else return { executable: found.executable, version: found.version };
  }
  const noVenv = passedOver.some(({ reason }) => reason.includes('has no module'));
  throw new SparkctlError({
    code: noVenv ? 'no-python-venv' : 'no-python',
    category: 'runtime',
    message:
      `No Python ${oldestPython.major}.${oldestPython.minor} or newer that can make virtual environments was found. Looked at:` +
      (passedOver.length === 0 ? '\n  PATH: no python3 in it' : describePassedOver(passedOver)),
    hint: noVenv
      ? 'Install the missing part (Debian and Ubuntu: apt install python3-venv) or set SPARKCTL_PYTHON to another Python.'
      : 'Install one (Debian: apt install python3 python3-venv, macOS: brew install python@3.12) or set SPARKCTL_PYTHON to it.',
    details: { passedOver },
  });
}

async function* pythonCandidates(environment: Readonly<Record<string, string | undefined>>) {
  const named = environment['SPARKCTL_PYTHON'];
  if (named) yield { place: `SPARKCTL_PYTHON (${named})`, file: named };
  for (const name of pythonNames) {
    for (const folder of (environment['PATH'] ?? '').split(delimiter).filter(Boolean)) {
      const file = join(folder, name);
      if (await canAccess(file, constants.X_OK)) yield { place: file, file };
    }
  }
}

const probed = z.object({ executable: z.string(), version: z.string(), missing: z.string().nullable() });

function parse(stdout: string): z.output<typeof probed> | undefined {
  const found = parseJson(stdout.trim().split('\n').at(-1) ?? '', probed);
  return found.kind === 'value' ? found.value : undefined;
}

function isOlderPython(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major < oldestPython.major || (major === oldestPython.major && minor < oldestPython.minor);
}
