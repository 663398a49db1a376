import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { repository } from './sparkctl.ts';

/** The place of better-sqlite3's compiled part. */
const compiled = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** Packs sparkctl as it was built into a folder. */
export async function packInto(
  folder: string,
): Promise<{ readonly tarball: string; readonly paths: readonly string[] }> {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await execa('npm', pack, { cwd: repository });
  const [{ filename, files }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), paths: files.map(({ path }: { path: string }) => path) };
}

/** Installs packages in a project, as npm does, but for what takes a minute to compile. npm's cache has what the repository has. */
export async function install(project: string, ...packages: readonly string[]): Promise<void> {
  const words = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  await execa('npm', words, { cwd: project });
  await takeCompiledPart(project);
}

/** The compiled part of the same version of better-sqlite3 is the same file, and takes a minute to make; of another version it is made. */
async function takeCompiledPart(project: string): Promise<void> {
  const name = 'better-sqlite3';
  if ((await versionOf(name, repository)) !== (await versionOf(name, project))) {
    await execa('npm', ['rebuild', name], { cwd: project });
    return;
  }
  await mkdir(dirname(join(project, compiled)), { recursive: true });
  await copyFile(join(repository, compiled), join(project, compiled));
}

/** The version of an installed package. */
export async function versionOf(name: string, folder: string): Promise<string> {
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}
