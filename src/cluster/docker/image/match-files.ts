import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { hasErrorCode } from '../../../system/errors/system-error.ts';

/** The files below a folder that a Dockerfile's path or pattern stands for, relative to the folder; a folder stands for all in it. */
export async function matchFiles(folder: string, pattern: string): Promise<readonly string[]> {
  const clean = posix.normalize(pattern).replace(/^\/+|\/$/g, '');
  // A pattern in the name of a folder is rare enough to be left to the whole folder above it.
  const parent = dirname(clean);
  if (/[*?[]/.test(parent)) return await filesBelow(folder, staticPart(parent));
  if (!/[*?[]/.test(basename(clean))) return await filesBelow(folder, clean);
  const expression = patternExpression(basename(clean));
  const names = (await namesIn(join(folder, parent))).filter((name) => expression.test(name));
  return (await Promise.all(names.map((name) => filesBelow(folder, posix.join(parent, name))))).flat();
}

/** `ca-bundle.cr[t]`, `*.properties`: the patterns of a Dockerfile, for one name. */
function patternExpression(pattern: string): RegExp {
  const parts = pattern.replace(/\*|\?|\[[^\]]*\]|[.+^${}()|\\]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.startsWith('[') ? part : `\\${part}`;
  });
  return new RegExp(`^${parts}$`);
}

function staticPart(path: string): string {
  const parts = path.split('/');
  return (
    parts
      .slice(
        0,
        parts.findIndex((part) => /[*?[]/.test(part)),
      )
      .join('/') || '.'
  );
}

async function filesBelow(folder: string, path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(join(folder, path))).isDirectory()) return [path];
  } catch (error) {
    // Docker's own message for a file that is not there is as good as ours, and comes in its place in the log.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
  // Python writes byte code beside its sources whenever it likes; it must not make the image look out of date.
  const names = (await namesIn(join(folder, path))).filter((name) => name !== '__pycache__');
  return (await Promise.all(names.map((name) => filesBelow(folder, posix.join(path, name))))).flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
