import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import type { Emit, InstallStep } from '../system/event.ts';
import { userCacheFolder } from '../system/files/places.ts';
import { canAccess } from '../system/files/read-file.ts';
import { parseJson, readJson } from '../system/files/read-json.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { acquireProcessLock } from '../system/locks/process-lock.ts';
import { packageRoot } from '../system/package.ts';
import { endMarked, markVariable } from '../system/processes/process-mark.ts';
import { runCommand } from '../system/processes/run-command.ts';
import { pipEnvironment } from './certificates.ts';
import type { Python } from './prerequisites.ts';

const runtimeRecord = z.object({
  schemaVersion: z.literal(1),
  sparkHome: z.string(),
  python: z.string(),
  pythonVersion: z.string(),
  sparkVersion: z.string(),
  scalaVersion: z.string(),
});

/** A virtual environment with pyspark, made by sparkctl from requirements.txt once per user and machine. */
export interface ManagedRuntime {
  readonly sparkHome: string;
  /** The interpreter of the virtual environment. */
  readonly python: string;
  readonly pythonVersion: string;
  readonly sparkVersion: string;
  /** `2.13`: Spark's start scripts would find it out; its classes, started directly, want it in SPARK_SCALA_VERSION. */
  readonly scalaVersion: string;
}

export interface RuntimeContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The time to wait for another process that is making the same runtime. */
const lockTimeoutMs = 15 * 60_000;

/** The time that pip may take to end by itself. */
const installGraceMs = 2_000;

/** The folder of one attempt to make a runtime. Its name is the mark of every process that works on it. */
const buildName = /^build-[0-9a-f-]{36}$/;

/** The runtime of this user and machine, where there is one. It is complete when its record is: a half-made one has none. */
export async function findManagedRuntime({
  environment,
}: Pick<RuntimeContext, 'environment'>): Promise<ManagedRuntime | undefined> {
  return await readRuntime(runtimeFolder(await pinnedPackages(), environment));
}

/** Makes the runtime that is missing. Of two processes at once one makes it, and the other waits for that one. */
export async function makeManagedRuntime(
  context: RuntimeContext,
  python: () => Promise<Python>,
): Promise<ManagedRuntime> {
  const folder = runtimeFolder(await pinnedPackages(), context.environment);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await using lock = await acquireProcessLock(`${folder}.lock`, {
      timeoutMs: lockTimeoutMs,
      signal: context.signal,
      onWait: ({ pid }) => context.emit({ kind: 'waiting-for-lock', on: 'runtime', pid }),
    });
    if (lock === undefined) {
      throw new SparkctlError({
        code: 'runtime-locked',
        category: 'temporary',
        message: `Another process has been making the Spark runtime in ${folder} for ${lockTimeoutMs / 60_000} minutes.`,
        hint: `Wait for it, or end it and try again.`,
      });
    }
    return (await readRuntime(folder)) ?? (await makeRuntime(folder, await python(), context));
  } catch (error) {
    throw wrapWriteError(error, `The Spark runtime in ${folder}`);
  }
}

/** The lists of what goes into a runtime, each package with its hashes: what builds pyspark, and what runs. */
const buildRequirements = join(packageRoot, 'spark', 'requirements-build.txt');
const requirements = join(packageRoot, 'requirements.txt');

/** All that says which packages a runtime is made of. */
export async function pinnedPackages(): Promise<string> {
  return (await readFile(buildRequirements, 'utf8')) + (await readFile(requirements, 'utf8'));
}

/**
 * The arguments of pip, one list a step. Nothing comes without a hash: only pyspark is built from source, by the tools of
 * the first list, where pip's build isolation would fetch the newest ones there are.
 */
export function pipSteps(): readonly (readonly string[])[] {
  const pip = ['-m', 'pip', 'install', '--require-hashes', '--no-input', '--progress-bar', 'off'];
  return [
    [...pip, '--only-binary', ':all:', '-r', buildRequirements],
    [
      ...[...pip, '--only-binary', ':all:', '--no-binary', 'pyspark', '--no-build-isolation'],
      ...['-r', requirements],
    ],
  ];
}

/** The folder of the runtime for these packages, whether it is there yet or not. Another set of them gets another folder. */
export function runtimeFolder(
  packages: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const key = createHash('sha256').update(`${process.platform} ${process.arch}\n${packages}`).digest('hex');
  return join(userCacheFolder(environment), 'runtimes', key.slice(0, 16));
}

/**
 * Ends installations whose sparkctl was killed, and removes what they have made: of these requirements and of any others.
 * Those that a living process is making are left alone.
 */
export async function reclaimRuntimes({ environment }: Pick<RuntimeContext, 'environment'>): Promise<void> {
  const runtimes = join(userCacheFolder(environment), 'runtimes');
  for (const entry of await readdir(runtimes, { withFileTypes: true }).catch(() => [])) {
    const folder = join(runtimes, entry.name);
    if (!entry.isDirectory() || (await halfMade(folder)).length === 0) continue;
    await using lock = await acquireProcessLock(`${folder}.lock`, { timeoutMs: 0 });
    // Asked again: whoever held the lock may have finished in between.
    if (lock !== undefined) await removeBuilds(folder, await halfMade(folder));
  }
}

/** The builds in a runtime's folder that its record does not name. */
async function halfMade(folder: string): Promise<readonly string[]> {
  const builds = (await readdir(folder)).filter((name) => buildName.test(name));
  if (builds.length === 0) return [];
  const python = (await readRuntime(folder))?.python;
  return builds.filter((name) => python?.startsWith(`${join(folder, name)}/`) !== true);
}

async function removeBuilds(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (buildName.test(name)) await endMarked(name, installGraceMs);
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function readRuntime(folder: string): Promise<ManagedRuntime | undefined> {
  // A damaged record is ignored: the runtime is then made again.
  const read = await readJson(join(folder, 'runtime.json'), runtimeRecord);
  if (read.kind !== 'value') return undefined;
  const { schemaVersion: _, ...runtime } = read.value;
  // An upgrade of the system's Python leaves the virtual environment's link dangling.
  const works =
    (await canAccess(runtime.python)) && (await canAccess(join(runtime.sparkHome, 'bin', 'spark-submit')));
  return works ? runtime : undefined;
}

/**
 * Makes a runtime in a folder of its own, so that nothing else ever writes there. A virtual environment knows its own
 * path and cannot be moved, so it is the record that takes its place in one step.
 */
async function makeRuntime(folder: string, base: Python, context: RuntimeContext): Promise<ManagedRuntime> {
  await removeBuilds(folder, await readdir(folder));
  context.emit({ kind: 'runtime-missing', folder });
  const build = `build-${randomUUID()}`;
  await mkdir(join(folder, build), { mode: 0o700 });
  try {
    const runtime = await install(base, join(folder, build), context);
    await writeAtomically(
      join(folder, 'runtime.json'),
      `${JSON.stringify({ schemaVersion: 1, ...runtime }, null, 2)}\n`,
    );
    return runtime;
  } catch (error) {
    // What pip has started does not always end with it.
    await removeBuilds(folder, [build]);
    throw error;
  }
}

async function install(
  base: Python,
  build: string,
  { environment, emit, signal }: RuntimeContext,
): Promise<ManagedRuntime> {
  const venv = join(build, 'venv');
  const python = join(venv, 'bin', 'python');
  const [buildTools = [], packages = []] = pipSteps();
  const steps: readonly (readonly [title: string, file: string, args: readonly string[]])[] = [
    [`a virtual environment from Python ${base.version}`, base.executable, ['-m', 'venv', venv]],
    ['the tools that build pyspark', python, buildTools],
    ['the packages of requirements.txt', python, packages],
  ];
  for (const [title, file, args] of steps) {
    const outcome = await runCommand(file, args, {
      environment: {
        ...pipEnvironment(withoutPythonSettings(environment)),
        [markVariable]: basename(build),
      },
      signal,
      onLine: (line) => {
        const progress = progressOf(line);
        if (progress !== undefined) emit({ kind: 'installing', ...progress });
      },
    });
    signal.throwIfAborted();
    if (outcome.exitCode !== 0)
      throw installFailure(title, outcome.problem ?? tail(outcome.stdout, outcome.stderr));
  }
  return await describeRuntime(python);
}

const describeScript = `
import glob, json, os, sys, pyspark
home = os.path.dirname(pyspark.__file__)
core = os.path.basename(glob.glob(os.path.join(home, "jars", "spark-core_*.jar"))[0])
print(json.dumps({
    "sparkHome": home,
    "python": sys.executable,
    "pythonVersion": sys.version.split()[0],
    "sparkVersion": pyspark.__version__,
    "scalaVersion": core.split("_")[1].split("-")[0],
}))
`;

async function describeRuntime(python: string): Promise<ManagedRuntime> {
  const { exitCode, stdout, stderr } = await runCommand(python, ['-I', '-c', describeScript]);
  if (exitCode !== 0) throw installFailure('the installed pyspark', tail(stdout, stderr));
  const described = parseJson(stdout, runtimeRecord.omit({ schemaVersion: true }));
  if (described.kind === 'damaged') throw installFailure('the installed pyspark', tail(stdout, stderr));
  return described.value;
}

/** An activated environment of the user's must not leak into the one that is made. */
function withoutPythonSettings(environment: Readonly<Record<string, string | undefined>>) {
  const {
    PYTHONHOME: _home,
    PYTHONPATH: _path,
    VIRTUAL_ENV: _venv,
    PIP_TARGET: _target,
    PIP_USER: _user,
    ...rest
  } = environment;
  return rest;
}

/** Reads the step of the installation from a line of pip's output. */
function progressOf(line: string): { readonly step: InstallStep; readonly what?: string } | undefined {
  const collecting = /^Collecting ([^\s;]+)/.exec(line)?.[1];
  if (collecting !== undefined) return { step: 'collecting', what: collecting };
  const downloading = /Downloading \S*?([^/\s]+) \(([^)]+)\)/.exec(line);
  if (downloading !== null) return { step: 'downloading', what: `${downloading[1]}, ${downloading[2]}` };
  if (/Building wheel|Preparing metadata/.test(line)) return { step: 'building' };
  return line.startsWith('Installing collected') ? { step: 'installing' } : undefined;
}

function installFailure(what: string, output: string): SparkctlError {
  const certificate = output.includes('CERTIFICATE_VERIFY_FAILED');
  return new SparkctlError({
    code: 'runtime-install-failed',
    category: /No space left/.test(output) ? 'io' : 'runtime',
    message: `Making the Spark runtime failed at ${what}. It ended with:\n${output}`,
    hint: certificate
      ? 'A TLS-intercepting proxy signs the connection: name its certificates with SSL_CERT_FILE=/path/to/bundle.pem and try again.'
      : 'Behind a proxy set HTTPS_PROXY, and SSL_CERT_FILE where it intercepts TLS; then try again. A half-made runtime is made again.',
  });
}

function tail(stdout: string, stderr: string, lines = 12): string {
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n');
}
