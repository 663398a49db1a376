import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canAccess } from '../system/files/read-file.ts';
import { packageRoot } from '../system/package.ts';
import { runCommand } from '../system/processes/run-command.ts';
import { startDaemon } from '../system/processes/start-daemon.ts';
import { makeJavaHome } from './java-home.ts';
import {
  buildName,
  findMade,
  type MadeOnce,
  madeFolder,
  makeOnce,
  newBuild,
  type RuntimeContext,
} from './made-once.ts';
import type { ManagedRuntime } from './managed-runtime.ts';
import type { Java } from './prerequisites.ts';

/** The classes that master, worker, history server, driver and executor load. `scripts/write-class-list.js` writes it. */
const classList = join(packageRoot, 'spark', 'classes.txt');

/** The process that makes an archive; this package is built where one is made. */
const archiveProcess = join(packageRoot, 'dist', 'spark', 'archive-process.js');

/** The variables that Java needs to be found, and to read paths in the person's language. */
const kept = /^(?:PATH|HOME|TMPDIR|LANG|LC_\w+|LD_LIBRARY_PATH)$/;

/** A request to make an archive: from what, and where. */
const archiveRequest = z.object({
  folder: z.string(),
  build: z.string().regex(buildName),
  javaHome: z.string(),
  sparkHome: z.string(),
});
type ArchiveRequest = z.output<typeof archiveRequest>;

const archiveRecord = z.object({
  javaHome: z.string(),
  sparkHome: z.string(),
  /** Undefined where this Java makes none: then nobody tries again. */
  archive: z.object({ path: z.string(), bytes: z.number(), home: z.string() }).optional(),
  reason: z.string().optional(),
});
type ArchiveRecord = z.output<typeof archiveRecord>;

/**
 * The class path that Spark's launcher gives driver and executors where nobody adds to it. An archive fits only a class path
 * that begins with the one it was made with.
 */
export async function sparkClassPath({ sparkHome }: Pick<ManagedRuntime, 'sparkHome'>): Promise<string> {
  const jars = join(sparkHome, 'jars');
  const first = (await readdir(jars)).filter((name) => name.startsWith('slf4j-api-'));
  const settings = join(sparkHome, 'conf');
  // The launcher puts a slash after a folder that is there.
  return [
    (await canAccess(settings)) ? `${settings}/` : settings,
    ...first.map((name) => join(jars, name)),
    join(jars, '*'),
  ].join(':');
}

/** A JAVA_HOME in which Java takes the archive of Spark's classes wherever that fits; undefined while there is no archive. */
export async function archivedHome(
  java: Java,
  runtime: ManagedRuntime,
  { environment }: Pick<RuntimeContext, 'environment'>,
): Promise<string | undefined> {
  const folder = await archiveFolder(java.home, runtime.sparkHome, environment);
  return folder === undefined ? undefined : (await findMade(archiveIn(folder)))?.archive?.home;
}

/**
 * Starts a process that makes the archive which is missing, at a low priority, and does not wait for it. It carries the
 * mark of its build, so that one which is killed is cleared away as every installation is.
 */
export async function startArchiving(
  java: Java,
  { sparkHome }: ManagedRuntime,
  { environment }: Pick<RuntimeContext, 'environment'>,
): Promise<void> {
  const folder = await archiveFolder(java.home, sparkHome, environment);
  if (folder === undefined || (await findMade(archiveIn(folder))) !== undefined) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const build = newBuild();
  const request: ArchiveRequest = { folder, build, javaHome: java.home, sparkHome };
  startDaemon({
    file: process.execPath,
    args: [archiveProcess, JSON.stringify(request)],
    // Options of the person's for all of Java must not get into the archive: no other process could use it.
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => kept.test(name))),
    workingFolder: folder,
    logPath: `${folder}.log`,
    mark: build,
  });
}

/** Makes the archive that was asked for. Where another process is making it, this one has nothing to do. */
export async function makeArchive(question: unknown): Promise<void> {
  const { folder, build, javaHome, sparkHome } = archiveRequest.parse(question);
  const lock = { timeoutMs: 0 };
  const made = await makeOnce(archiveIn(folder), lock, (place) => dump(place, javaHome, sparkHome), build);
  if (made !== undefined) await removeOutdated(join(folder, '..'));
}

async function dump(build: string, javaHome: string, sparkHome: string): Promise<ArchiveRecord> {
  const classPath = await sparkClassPath({ sparkHome });
  const path = join(build, 'classes.jsa');
  const args = [
    ...['-Xshare:dump', `-XX:SharedClassListFile=${classList}`, `-XX:SharedArchiveFile=${path}`],
    // The objects that belong to the classes are kept by this collector alone; every other can take them.
    ...['-XX:+UseG1GC', '-Xmx1g', '-cp', classPath],
  ];
  // The mark is in this process's own environment, which Java gets.
  const { exitCode, stdout, stderr, problem } = await runCommand(join(javaHome, 'bin', 'java'), args);
  const bytes = (await stat(path).catch(() => undefined))?.size;
  if (exitCode !== 0 || bytes === undefined) {
    const said = `${problem ?? ''}\n${stdout}\n${stderr}`;
    // Killed, or short of space: another time it may go well.
    if (exitCode === undefined || /No space left|insufficient memory/.test(said)) throw new Error(said);
    return { javaHome, sparkHome, reason: said.trim().split('\n').slice(-3).join('\n') };
  }
  const home = join(build, 'home');
  const add = archiveOptions(path, await givesHugePages());
  await makeJavaHome(home, javaHome, { onClassPath: { classPath, add } });
  return { javaHome, sparkHome, archive: { path, bytes, home } };
}

/**
 * The options with which a process takes the archive, or goes on without a word where it cannot, and starts sooner otherwise.
 * entrypoint.sh has them too. Huge pages are for kernels that give them.
 */
export function archiveOptions(path: string, hugePages: boolean): readonly string[] {
  return [
    '-Xshare:auto',
    `-XX:SharedArchiveFile=${path}`,
    '-Xlog:cds*=off',
    // Where it was made for: by default Java puts it elsewhere at each start, and corrects every pointer in 230 MB.
    '-XX:+UnlockDiagnosticVMOptions',
    '-XX:ArchiveRelocationMode=0',
    // A heap in huge pages has fewer page faults, which is a tenth of the work of a process that lives for seconds.
    ...(hugePages ? ['-XX:+UseTransparentHugePages'] : []),
    // The second compiler starts later: what runs for seconds only is not worth its work, and what runs for minutes hardly notices.
    '-XX:Tier4InvocationThreshold=50000',
    '-XX:Tier4MinInvocationThreshold=6000',
    '-XX:Tier4CompileThreshold=150000',
    '-XX:Tier4BackEdgeThreshold=400000',
  ];
}

/** Tells whether the kernel gives huge pages to whoever asks for them. Where it does not, a newer Java would say so at each start. */
async function givesHugePages(): Promise<boolean> {
  const setting = await readFile('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').catch(() => '');
  return /\[(?:always|madvise)\]/.test(setting);
}

function archiveIn(folder: string): MadeOnce<ArchiveRecord> {
  return {
    folder,
    record: 'archive.json',
    schema: archiveRecord,
    works: async ({ archive }) =>
      archive === undefined || (await stat(archive.path).catch(() => undefined))?.size === archive.bytes,
  };
}

/** The folder for the archive of this Java and this Spark; undefined where that Java cannot be told from its next version. */
async function archiveFolder(
  javaHome: string,
  sparkHome: string,
  environment: RuntimeContext['environment'],
): Promise<string | undefined> {
  const key = await archiveKey(javaHome, sparkHome);
  return key === undefined ? undefined : madeFolder('archives', key, environment);
}

async function archiveKey(javaHome: string, sparkHome: string): Promise<string | undefined> {
  try {
    const hash = createHash('sha256').update(await buildOfJava(javaHome));
    // The options are in the home that is made with the archive.
    const options = archiveOptions('', await givesHugePages());
    hash.update(`\0${await sparkClassPath({ sparkHome })}\0${options.join(' ')}\0`);
    hash.update(await readFile(classList));
    return hash.digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}

/** Everything that says which build of Java this is: an upgrade of the system's puts another one into the same folder. */
async function buildOfJava(javaHome: string): Promise<string> {
  const modules = join(javaHome, 'lib', 'modules');
  const { size, mtimeMs } = await stat(modules);
  const release = await readFile(join(javaHome, 'release'), 'utf8');
  return JSON.stringify([await realpath(modules), size, mtimeMs, release]);
}

/** Removes the archives whose Java, Spark or list is gone or is another one by now. Who still uses one keeps it until it ends. */
async function removeOutdated(archives: string): Promise<void> {
  for (const name of await readdir(archives)) {
    const folder = join(archives, name);
    const record = await findMade(archiveIn(folder));
    if (record !== undefined && (await archiveKey(record.javaHome, record.sparkHome)) !== name)
      await rm(folder, { recursive: true, force: true });
  }
}
