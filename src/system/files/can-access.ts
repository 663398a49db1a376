import { access } from 'node:fs/promises';

/** Whether a file is there, or with a mode of `fs.constants` whether this user may do that with it. */
export async function canAccess(path: string, mode?: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
