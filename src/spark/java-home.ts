import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes to the arguments with which Spark starts Java. */
export interface JavaChanges {
  /** Arguments that are left out. */
  readonly without?: readonly string[];
  /** Arguments that come first wherever the class path begins with this one, so that any others are stronger. */
  readonly onClassPath?: { readonly classPath: string; readonly add: readonly string[] };
}

/**
 * Makes a JAVA_HOME whose `bin/java` is a small program that starts the real one with changes. Everything that Spark starts
 * goes through it, executors included, and no property or variable of the person's is touched. The rest are links to the real home.
 */
export async function makeJavaHome(folder: string, realHome: string, changes: JavaChanges): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true, mode: 0o700 });
  const link = async (inner: string, left: string) => {
    for (const name of await readdir(join(realHome, inner)))
      if (name !== left) await symlink(join(realHome, inner, name), join(folder, inner, name));
  };
  await link('', 'bin');
  await link('bin', 'java');
  const program = join(folder, 'bin', 'java');
  await writeFile(program, javaProgram(join(realHome, 'bin', 'java'), changes), { mode: 0o700 });
  // Whatever the umask: it is a program.
  await chmod(program, 0o755);
}

/** The text of that program, for every POSIX shell. Words keep their spaces and quotes: each goes round the list once. */
export function javaProgram(java: string, { without = [], onClassPath }: JavaChanges): string {
  const skip = without.length === 0 ? [] : [`    ${without.map(quote).join(' | ')}) ;;`];
  // Java takes an archive also where the class path goes on after the one that it was made with.
  const look =
    onClassPath === undefined
      ? []
      : [
          '  case $before in',
          `    -cp | -classpath | --class-path) case $word: in ${quote(onClassPath.classPath)}:*) fits=yes ;; esac ;;`,
          '  esac',
          '  before=$word',
        ];
  const add = onClassPath?.add.map(quote).join(' ');
  return [
    '#!/bin/sh',
    '# Made by sparkctl: starts Java with a few arguments more or less.',
    'before= fits=',
    'for word do',
    '  shift',
    ...look,
    '  case $word in',
    ...skip,
    '    *) set -- "$@" "$word" ;;',
    '  esac',
    'done',
    ...(add === undefined ? [] : [`if [ "$fits" ]; then set -- ${add} "$@"; fi`]),
    `exec ${quote(java)} "$@"`,
    '',
  ].join('\n');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
