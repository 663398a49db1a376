import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../../system/errors/system-error.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { readJson } from '../../system/files/read-json.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { ownIdentity, processIdentity } from '../../system/processes/process-identity.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { sparkLogPath } from '../driver.ts';
import type { StandbySettings } from './standby-settings.ts';

/** The id of a standby driver: the name of its folder, of its container, and the mark of its processes. */
const standbyId = /^standby-[0-9a-f]{8}$/;

const standbyRecord = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(standbyId),
  backend: z.string(),
  /** The things that it was made with, each by its name: a launch that needs others cannot use it. */
  madeWith: z.record(z.string(), z.string()),
});

const claim = z.object({ run: z.string(), owner: processIdentity });

const settings = z.object({ schemaVersion: z.literal(1), idleMs: z.number().int().positive() });

/** One standby driver, as its folder has it. */
export interface StandbyFolder {
  readonly id: string;
  readonly path: string;
}

/** The names of what a cluster keeps of its standbys in its folder. */
export const standbyFiles = ['standby', 'standby.json'] as const;

function standbysFolder(project: string, cluster: string): string {
  return join(clusterFolder(project, cluster), standbyFiles[0]);
}

function settingsPath(project: string, cluster: string): string {
  return join(clusterFolder(project, cluster), standbyFiles[1]);
}

/** Reads whether a cluster is to have standby drivers. */
export async function readSettings(project: string, cluster: string): Promise<StandbySettings | undefined> {
  const read = await readJson(settingsPath(project, cluster), settings);
  return read.kind === 'value' ? { idleMs: read.value.idleMs } : undefined;
}

/** Keeps whether a cluster is to have standby drivers. */
export async function writeSettings(
  project: string,
  cluster: string,
  wanted: StandbySettings | undefined,
): Promise<void> {
  const path = settingsPath(project, cluster);
  if (wanted === undefined) await rm(path, { force: true });
  else await writeAtomically(path, `${JSON.stringify({ schemaVersion: 1, ...wanted })}\n`);
}

/** Makes the folder of a new standby, with its record. */
export async function makeStandbyFolder(
  project: string,
  cluster: string,
  backend: string,
  madeWith: Readonly<Record<string, string>>,
): Promise<StandbyFolder> {
  const id = `standby-${randomBytes(4).toString('hex')}`;
  const path = join(standbysFolder(project, cluster), id);
  await mkdir(standbysFolder(project, cluster), { recursive: true, mode: 0o700 });
  await mkdir(path, { mode: 0o700 });
  const record = { schemaVersion: 1, id, backend, madeWith: { ...madeWith } };
  // The run keeps it as its own, under another name.
  await (await open(sparkLogPath(path), 'a', 0o600)).close();
  await writeAtomically(join(path, 'standby.json'), `${JSON.stringify(record)}\n`);
  return { id, path };
}

/** The folders of a cluster's standbys. Whatever is not a folder of this user alone, with the name of one, is none. */
export async function standbyFolders(project: string, cluster: string): Promise<readonly StandbyFolder[]> {
  const folder = standbysFolder(project, cluster);
  const names = (await readdir(folder).catch(() => [])).filter((name) => standbyId.test(name));
  return names.map((id) => ({ id, path: join(folder, id) }));
}

/** Reads the record of a standby; the reason where it cannot be trusted. */
export async function readStandby({
  id,
  path,
}: StandbyFolder): Promise<z.output<typeof standbyRecord> | { readonly unusable: string }> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return { unusable: 'its folder is a link or gone' };
  if (process.getuid !== undefined && found.uid !== process.getuid())
    return { unusable: 'its folder belongs to another user' };
  const read = await readJson(join(path, 'standby.json'), standbyRecord);
  if (read.kind === 'value')
    return read.value.id === id ? read.value : { unusable: 'its record is of another one' };
  return { unusable: read.kind === 'damaged' ? read.reason : 'it has no record' };
}

/** Takes a standby for a run, or to end it. False where somebody else, or itself, was faster. */
export async function claimStandby({ path }: StandbyFolder, run: string): Promise<boolean> {
  try {
    await using file = await open(join(path, 'claimed'), 'wx', 0o600);
    await file.writeFile(JSON.stringify({ run, owner: await ownIdentity() }));
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  }
}

/** Reads who has taken a standby. */
export async function claimOf({ path }: StandbyFolder): Promise<'free' | 'leaving' | z.output<typeof claim>> {
  const read = await readJson(join(path, 'claimed'), claim);
  return read.kind === 'value' ? read.value : read.kind === 'absent' ? 'free' : 'leaving';
}

/** Tells whether a standby's executors are there and warm. */
export async function isReady({ path }: StandbyFolder): Promise<boolean> {
  return await canAccess(join(path, 'ready'));
}
