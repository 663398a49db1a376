import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';
import { importsOf, roomOf } from './imports.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const architecture = read('docs/architecture.md');

/** The groups of rooms in the picture, the uppermost first: `a -> (b, c) -> d`. */
const layers = (/^.* -> system$/m.exec(architecture)?.[0] ?? '')
  .split(' -> ')
  .map((layer) => layer.replace(/[()]/g, '').split(', '));

const rooms = readdirSync(join(repository, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

describe('the architecture document', () => {
  it('draws every room, and lists it in the table', () => {
    expect(layers.flat().sort()).toEqual(rooms);
    const listed = [...architecture.matchAll(/^\| `(\w+)\/`/gm)].map(([, room]) => room);
    expect(listed.sort()).toEqual(rooms);
  });

  it('draws the arrows of the import graph', () => {
    const layerOf = (room: string) => layers.findIndex((layer) => layer.includes(room));
    const arrows = new Set(importsOf.map((each) => `${each.file.split('/')[0]} ${roomOf(each)}`));
    const against = [...arrows].filter((arrow) => {
      const [from = '', to = ''] = arrow.split(' ');
      return rooms.includes(from) && rooms.includes(to) && from !== to && layerOf(from) >= layerOf(to);
    });
    expect(against).toEqual([]);
    // None is drawn that is not there: each room is used by one of the layer above it.
    const unused = layers.flatMap((layer, index) =>
      index === 0
        ? []
        : layer.filter((room) => !layers[index - 1]?.some((above) => arrows.has(`${above} ${room}`))),
    );
    expect(unused).toEqual([]);
  });

  it('gives each foreign package to the room that owns it', () => {
    const owners = [...architecture.matchAll(/^\| `(\w+)\/` *\|[^|]*\| *([^|]*?) *\|$/gm)].flatMap(
      ([, room, owned]) => (owned ?? '').split(', ').flatMap((name) => (name === '' ? [] : [[name, room]])),
    );
    expect(owners.length).toBeGreaterThan(3);
    for (const [name = '', room] of owners) {
      const users = importsOf
        .filter(({ specifier }) => specifier === name || specifier.endsWith(`/${name}`))
        .map(({ file }) => file.split('/')[0]);
      expect([name, [...new Set(users)]]).toEqual([name, [room]]);
    }
  });
});

it('everything that scripts and benchmarks import of the built program is exported by its source', () => {
  const programs = ['scripts', 'bench'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const imported = programs.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/import \{([^}]+)\} from '\.\.\/dist\/([\w/-]+)\.js'/g)].flatMap(
      ([, names = '', file]) => names.split(',').map((name) => [`src/${file}.ts`, name.trim()] as const),
    ),
  );
  expect(imported.length).toBeGreaterThan(3);
  const missing = imported.filter(
    ([file, name]) =>
      !existsSync(join(repository, file)) ||
      !new RegExp(`^export (?:async )?(?:function|const|class) ${name}\\b`, 'm').test(read(file)),
  );
  expect(missing).toEqual([]);
});
