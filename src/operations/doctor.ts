import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { OperationContext } from '../cluster/operation-context.ts';
import { type BackendKind, loadBackend, makingKinds } from '../cluster/registry.ts';
import { caBundleOf } from '../spark/certificates.ts';
import type { Survey } from '../spark/installation.ts';
import type { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { userCacheFolder } from '../system/files/places.ts';
import { canAccess } from '../system/files/read-file.ts';
import { formatNumber } from '../system/format-number.ts';

/** One thing that sparkctl needs: `bad` where jobs cannot run without it, `warning` where some cannot or only slowly. */
export interface Finding {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly found: string;
  /** A step that mends it. */
  readonly remedy?: string;
}

export interface Examination {
  /** True where the bundled job can run on this machine now. */
  readonly canRun: boolean;
  readonly findings: readonly Finding[];
}

/** Below this a run's shuffles and logs, or the runtime that is not made yet, may fill the disk. */
const littleDisk = 2 * 2 ** 30;
/** Master, history server, driver, and two workers with an executor of 1 GiB each. */
const littleMemory = 4 * 2 ** 30;

/** Looks at everything that sparkctl needs on this machine. It makes and changes nothing. */
export async function examine(context: OperationContext): Promise<Examination> {
  const { environment, project } = context;
  const cache = userCacheFolder(environment);
  const survey = await context.spark.survey();
  const backends = await Promise.all(makingKinds.map(async (kind) => await backendFinding(kind, context)));
  const works = backends.some(({ state }) => state === 'good');
  const findings = [
    { name: 'Node', state: 'good', found: process.versions.node } as const,
    pythonFinding(survey),
    javaFinding(survey),
    runtimeFinding(survey),
    ...backends.map((finding) =>
      works && finding.state === 'bad' ? { ...finding, state: 'warning' as const } : finding,
    ),
    await sqliteFinding(),
    memoryFinding(),
    await folderFinding('Project folder', project),
    await folderFinding('Cache folder', cache),
    ...(await certificateFindings(environment)),
  ];
  return { canRun: findings.every(({ state }) => state !== 'bad'), findings };
}

function pythonFinding({ python, noPython }: Survey): Finding {
  const name = 'Python';
  // The runtime has a Python of its own once it is made.
  if (noPython !== undefined) return { name, ...problem(noPython, 'warning') };
  return { name, state: 'good', found: `${python?.version} (${python?.executable})` };
}

function javaFinding({ java, passedOver }: Survey): Finding {
  if (java !== undefined) return { name: 'Java', state: 'good', found: `${java.version} (${java.home})` };
  const why = passedOver.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
  return {
    name: 'Java',
    state: 'warning',
    found: `none of 17 or newer${why === '' ? '' : ` (${why})`}`,
    remedy: 'Nothing: the first run on this machine installs one for sparkctl alone (110 MB).',
  };
}

function runtimeFinding({ runtime }: Survey): Finding {
  const name = 'Spark runtime';
  if (runtime !== undefined)
    return { name, state: 'good', found: `Spark ${runtime.sparkVersion}, Python ${runtime.pythonVersion}` };
  return {
    name,
    state: 'warning',
    found: 'not made yet',
    remedy: 'Nothing: the first run makes it, from PyPI (about a minute, 800 MB).',
  };
}

async function backendFinding(kind: BackendKind, context: OperationContext): Promise<Finding> {
  const name = `Backend ${kind}`;
  const obstacle = await (await loadBackend(kind, context)).obstacle(context);
  return obstacle === undefined
    ? { name, state: 'good', found: 'ready' }
    : { name, ...problem(obstacle, 'bad') };
}

async function sqliteFinding(): Promise<Finding> {
  const name = 'SQLite';
  try {
    const { sqliteVersion } = await import('../job/targets/sqlite/sqlite-version.ts');
    return { name, state: 'good', found: sqliteVersion() };
  } catch (error) {
    return {
      name,
      state: 'bad',
      found: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
      remedy:
        'Install again with this Node and without --ignore-scripts: npm ci. It may need a C++ compiler.',
    };
  }
}

function memoryFinding(): Finding {
  const found = `${gigabytes(totalmem())}, ${gigabytes(freemem())} of it free`;
  if (totalmem() >= littleMemory) return { name: 'Memory', state: 'good', found };
  return {
    name: 'Memory',
    state: 'warning',
    found,
    remedy: 'Ask for less: --workers 1 --worker-memory 768m --executor-memory 512m.',
  };
}

/** Finds out whether a folder can be written, and has room. Of one that is not there yet, the nearest above it counts. */
async function folderFinding(name: string, path: string): Promise<Finding> {
  let folder = path;
  while (!(await canAccess(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const trial = await mkdtemp(join(folder, '.sparkctl-doctor-'));
    await rm(trial, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const found = `${path}, ${gigabytes(bavail * bsize)} free`;
    if (bavail * bsize >= littleDisk) return { name, state: 'good', found };
    return {
      name,
      state: 'warning',
      found,
      remedy: 'Make room: a run keeps its logs, and Spark its shuffles.',
    };
  } catch (error) {
    return {
      name,
      state: 'bad',
      found: `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      remedy: 'Give this user the right to write to it, or make room on its disk.',
    };
  }
}

async function certificateFindings(
  environment: OperationContext['environment'],
): Promise<readonly Finding[]> {
  const path = caBundleOf(environment);
  if (path === undefined) return [];
  const name = 'Certificates';
  if (await canAccess(path)) return [{ name, state: 'good', found: path }];
  const remedy = 'Correct --ca-bundle, SSL_CERT_FILE or NODE_EXTRA_CA_CERTS.';
  return [{ name, state: 'warning', found: `${path} cannot be read`, remedy }];
}

function problem({ message, hint }: SparkctlError, state: 'warning' | 'bad'): Omit<Finding, 'name'> {
  return { state, found: message, ...(hint !== undefined && { remedy: hint }) };
}

function gigabytes(bytes: number): string {
  return `${formatNumber(Math.round(bytes / 2 ** 20 / 102.4) / 10)} GiB`;
}
