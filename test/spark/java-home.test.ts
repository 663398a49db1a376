import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { type JavaChanges, makeJavaHome } from '../../src/spark/java-home.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const strange = ['', ' ', 'a b', "it's", '"', '$HOME', '`id`', '\\', '*', '-n', 'a\nb', 'ä'];

/** Starts Java by a home with changes, and returns the arguments that the real one got. */
async function argumentsThrough(changes: JavaChanges, words: readonly string[]): Promise<readonly string[]> {
  await using project = temporaryProject();
  // Quotes in the paths, too.
  const real = await project.write(`the "real" one's/bin/java`, '#!/bin/sh\nprintf "%s\\0" "$@"\n');
  await chmod(real, 0o755);
  await project.write(`the "real" one's/release`, 'JAVA_VERSION="21.0.2"\n');
  await makeJavaHome(project.path('home'), project.path(`the "real" one's`), changes);
  expect(await readFile(project.path('home', 'release'), 'utf8')).toContain('21.0.2');
  const { stdout } = await execa(project.path('home', 'bin', 'java'), words, { stripFinalNewline: false });
  return stdout.split('\0').slice(0, -1);
}

it('hands on every word as it is', async () => {
  expect(await argumentsThrough({}, strange)).toEqual(strange);
});

it('leaves out one argument exactly', async () => {
  const changes = { without: ['--add-modules=jdk.incubator.vector'] };
  const others = ['--add-modules=jdk.incubator.vector,java.sql', '--add-modules', 'jdk.incubator.vector'];
  const words = ['--add-modules=jdk.incubator.vector', ...others, ...strange];
  expect(await argumentsThrough(changes, words)).toEqual([...others, ...strange]);
});

it('adds arguments, weaker than all others, where the class path begins with the known one', async () => {
  const add = ['-XX:One', "-D two='2'"];
  const through = (...words: readonly string[]) =>
    argumentsThrough({ onClassPath: { classPath: '/c onf/:/jars/*', add } }, words);
  const fitting = ['-cp', '/c onf/:/jars/*', 'Main', ...strange];
  expect(await through(...fitting)).toEqual([...add, ...fitting]);
  const longer = ['-Xmx1g', '-classpath', '/c onf/:/jars/*:/more.jar', 'Main'];
  expect(await through(...longer)).toEqual([...add, ...longer]);
  for (const other of [
    ['-cp', '/own.jar:/c onf/:/jars/*', 'Main'],
    ['-cp', '/c onf/:/jars/*.jar', 'Main'],
    ['-cp', '/c onf/:/jars/x', 'Main'],
    ['-version', '/c onf/:/jars/*'],
  ])
    expect(await through(...other)).toEqual(other);
});

it('keeps the other programs of a Java', async () => {
  await using project = temporaryProject();
  await project.write('real/bin/java', '');
  await project.write('real/bin/keytool', 'keytool');
  await mkdir(project.path('real', 'lib'));
  await makeJavaHome(project.path('home'), project.path('real'), {});
  expect(await readFile(join(project.path('home'), 'bin', 'keytool'), 'utf8')).toBe('keytool');
});
