import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const source = resolve(import.meta.dirname, '../../src');

/** The files of `src/`, relative to it. */
export const sourceFiles = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Types leave no trace in what runs. */
  readonly typeOnly: boolean;
}

/** Every import and re-export of `src/`. */
export const importsOf: readonly Import[] = sourceFiles.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  return [
    ...text.matchAll(
      /^(?:import|export)\s(?<type>type\s)?[^'`]*?from\s*'(?<from>[^']+)'|\bimport\s*\(?\s*'(?<plain>[^']+)'/gm,
    ),
  ].map(({ groups }) => ({
    file,
    specifier: groups?.['from'] ?? groups?.['plain'] ?? '',
    typeOnly: groups?.['type'] !== undefined,
  }));
});

/** The room of the imported file; not a room where a package is imported. */
export function roomOf({ file, specifier }: Import): string {
  return specifier.startsWith('.')
    ? (relative(source, resolve(source, dirname(file), specifier)).split('/')[0] ?? '')
    : '';
}
