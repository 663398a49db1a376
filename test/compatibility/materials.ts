import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { ManagedRuntime } from '../../src/spark/managed-runtime.ts';
import type { Java } from '../../src/spark/prerequisites.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

/** Brings the scripts into a project, with all that their options name: a jar, libraries, a packed environment, settings. */
export async function prepareMaterials(
  project: TemporaryProject,
  java: Java,
  runtime: ManagedRuntime,
): Promise<void> {
  const here = import.meta.dirname;
  await cp(join(here, 'scripts'), project.path('scripts'), { recursive: true });
  await project.write('own.properties', 'spark.example.colour blue\nspark.example.size small\n');
  await mkdir(project.path('classes'));
  const classPath = join(runtime.sparkHome, 'jars', '*');
  const source = resolve(here, 'materials/Words.java');
  // The image's Java is 17, whichever this machine has.
  const compile = [
    '--release',
    '17',
    '-encoding',
    'UTF-8',
    '-proc:none',
    '-cp',
    classPath,
    '-d',
    'classes',
    source,
  ];
  await execa(join(java.home, 'bin/javac'), compile, { cwd: project.folder });
  const pack = [resolve(here, 'materials/pack.py'), 'words.jar', 'classes'];
  await execa(runtime.python, pack, { cwd: project.folder });
}

/** Brings what is in a project into another one, but for what is sparkctl's own. */
export async function copyMaterials(from: TemporaryProject, to: TemporaryProject): Promise<void> {
  await cp(from.folder, to.folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== from.path('.sparkctl'),
  });
}
