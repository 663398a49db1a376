import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canAccess } from '../system/files/read-file.ts';
import { parseJson } from '../system/files/read-json.ts';
import { packageRoot } from '../system/package.ts';
import { runCommand } from '../system/processes/run-command.ts';
import { installFailure, installStep, lastSaid } from './install-step.ts';
import {
  findMade,
  type MadeOnce,
  makeOrWait,
  markOf,
  packagesFolder,
  type RuntimeContext,
} from './made-once.ts';
import type { Python } from './prerequisites.ts';

const managedRuntime = z.object({
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

/** The runtime of this user and machine, where there is one. */
export async function findManagedRuntime({
  environment,
}: Pick<RuntimeContext, 'environment'>): Promise<ManagedRuntime | undefined> {
  return await findMade(runtimeIn(runtimeFolder(await runtimeContents(), environment)));
}

/** Makes the runtime that is missing. */
export async function makeManagedRuntime(
  context: RuntimeContext,
  python: () => Promise<Python>,
): Promise<ManagedRuntime> {
  const folder = runtimeFolder(await runtimeContents(), context.environment);
  return await makeOrWait(runtimeIn(folder), 'the Spark runtime', context, async (build) => {
    const base = await python();
    context.emit({ kind: 'runtime-missing', folder });
    return await install(base, build, context);
  });
}

/** The lists of what goes into a runtime, each package with its hashes: what builds pyspark, and what runs. */
const buildRequirements = join(packageRoot, 'spark', 'requirements-build.txt');
const requirements = join(packageRoot, 'requirements.txt');
const preparation = join(packageRoot, 'spark', 'prepare-pyspark.py');

/** All that says what a runtime is made of: a change of it makes another runtime. */
export async function runtimeContents(): Promise<string> {
  const files = [buildRequirements, requirements, preparation];
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('');
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
  return packagesFolder('runtimes', packages, environment);
}

function runtimeIn(folder: string): MadeOnce<ManagedRuntime> {
  return {
    folder,
    record: 'runtime.json',
    schema: managedRuntime,
    // An upgrade of the system's Python leaves the virtual environment's link dangling.
    works: async ({ python, sparkHome }) =>
      (await canAccess(python)) && (await canAccess(join(sparkHome, 'bin', 'spark-submit'))),
  };
}

async function install(base: Python, build: string, context: RuntimeContext): Promise<ManagedRuntime> {
  const venv = join(build, 'venv');
  const python = join(venv, 'bin', 'python');
  const [buildTools = [], packages = []] = pipSteps();
  const step = installStep('the Spark runtime', markOf(build), context);
  await step(`a virtual environment from Python ${base.version}`, base.executable, ['-m', 'venv', venv]);
  await step('the tools that build pyspark', python, buildTools);
  await step('the packages of requirements.txt', python, packages);
  const runtime = await describeRuntime(python);
  await prepare(runtime, context, step);
  return runtime;
}

/** Prepares pyspark so that its processes start sooner, see the program. */
async function prepare(
  { python, sparkHome }: ManagedRuntime,
  { signal }: RuntimeContext,
  step: ReturnType<typeof installStep>,
): Promise<void> {
  try {
    await step('the preparation of pyspark', python, ['-I', preparation, sparkHome]);
  } catch {
    // All works without it, and starts more slowly.
    signal.throwIfAborted();
  }
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
  const described = exitCode === 0 ? parseJson(stdout, managedRuntime) : undefined;
  if (described?.kind === 'value') return described.value;
  throw installFailure('the Spark runtime', 'the installed pyspark', lastSaid(stdout, stderr));
}
