import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode, wrapWriteError } from '../../../system/errors/system-error.ts';

/** A container writes as another user of the same group, so that the group may write what is made here, and nobody else. */
const folderMode = 0o770;
const fileMode = 0o660;

/**
 * Makes an empty file, which is an empty database, with the right mode from its first moment, and the folders above
 * it. False when a file was there. That one is never opened here: closing it again would drop the locks that other
 * connections of this process hold on it (a trap of POSIX locks).
 */
export function makeDatabaseFile(path: string): boolean {
  try {
    makeFolder(path, dirname(path));
    if (makeFile(path)) return true;
    if (!statSync(path).isFile()) {
      throw inTheWay(path, `${path} is a folder or a special file, so that no database can be there.`);
    }
    return false;
  } catch (error) {
    throw wrapWriteError(error, `The database ${path}`);
  }
}

function makeFile(path: string): boolean {
  try {
    const file = openSync(path, 'wx', fileMode);
    fchmodSync(file, fileMode);
    closeSync(file);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function makeFolder(path: string, folder: string): void {
  try {
    const first = mkdirSync(folder, { recursive: true, mode: folderMode });
    if (first === undefined) return;
    // The process's umask took bits away from all that were made, from `first` down to `folder`.
    for (let made = folder; made.length >= first.length; made = dirname(made)) chmodSync(made, folderMode);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST', 'ENOTDIR')) throw error;
    throw inTheWay(path, `The folder ${folder} of the database cannot be made: a file is in its place.`);
  }
}

function inTheWay(path: string, message: string): SparkctlError {
  return new SparkctlError({
    code: 'not-a-database',
    category: 'output',
    message,
    hint: 'Choose another path for the database.',
    details: { path },
  });
}
