// Joins the built modules of the command line, and the packages of it that are small, in a few files: to open four hundred
// takes longer than to run what is in them. The library stays as TypeScript has written it.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const root = resolve(import.meta.dirname, '..');
// As deep as the modules that it is made of: they find the package's folder from their own.
const folder = join(root, 'dist/bundle');
/** Written aside: whoever runs the program meanwhile, as other tests may do, has a whole one. */
const fresh = `${folder}.${process.pid}`;
/** Loaded only where they are needed, and with parts that are no JavaScript. */
const external = ['better-sqlite3', 'dockerode', '@faker-js/faker'];

const bundle = await rolldown({
  input: { main: join(root, 'dist/cli/main.js') },
  platform: 'node',
  external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
});
const { output } = await bundle.write({ dir: fresh, format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

// What was written of a source that is gone or elsewhere now.
for (const written of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const source = join(root, 'src', written.replace(/(?:\.d\.ts|\.js)$/, '.ts'));
  if (/\.(?:d\.ts|js)$/.test(written) && !written.startsWith('bundle') && !existsSync(source))
    rmSync(join(root, 'dist', written));
}

/** The folder of the package that a module is from; undefined for a module of sparkctl's own. */
function packageOf(module) {
  if (!module.includes('/node_modules/')) return undefined;
  let at = dirname(module);
  while (
    !(existsSync(join(at, 'package.json')) && JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')).name)
  )
    at = dirname(at);
  return at;
}

// The licences of what is copied go with the copy.
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const packages = [...new Set(modules.flatMap((module) => packageOf(module) ?? []))].sort();
const licences = packages.map((at) => {
  const { name, version } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  const file = readdirSync(at).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to go with its copy`);
  return `${name} ${version}\n\n${readFileSync(join(at, file), 'utf8').trim()}\n`;
});
writeFileSync(join(fresh, 'LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));

const contents = (at) =>
  JSON.stringify(readdirSync(at).map((name) => [name, readFileSync(join(at, name), 'utf8')]));
// One that is as it was stays: its parts may be opened at any time.
const isSame = existsSync(folder) && contents(folder) === contents(fresh);
if (!isSame) {
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}
rmSync(fresh, { recursive: true, force: true });
