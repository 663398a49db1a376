import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages } from '../../docs/.vitepress/pages.js';
import { repository } from '../support/sparkctl.ts';
import { documents } from './documents.ts';

/** The targets of links and pictures: `[text](target)`. */
const targetsIn = (prose: string) => [...prose.matchAll(/\]\(([^)\s]*)\)/g)].map(([, target = '']) => target);

describe.each(documents)('$path', ({ path, text, prose }) => {
  it('links to files and headings that are there', () => {
    const broken = targetsIn(prose).filter((target) => {
      if (/^[a-z]+:/.test(target)) return !URL.canParse(target) || !target.startsWith('https://');
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(join(repository, to))) return true;
      const document = documents.find((each) => each.path === to);
      return anchor !== undefined && !document?.anchors.has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names paths that exist', () => {
    const missing = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?|[\w.-]+\/)`/g)]
      .map(([, named]) => named ?? '')
      .filter((named) => folders.includes(named.split('/')[0] ?? ''))
      .filter((named) => !existsSync(join(repository, named)) && !existsSync(join(repository, 'src', named)));
    expect(missing).toEqual([]);
  });
});

/** The folders that a path in a document can begin with; others, such as `data/`, are those of a user's project. */
const folders = [
  ...['src', 'test', 'docs', 'spark', 'scripts', 'bench', 'bin', 'jobs', 'man'],
  ...readdirSync(join(repository, 'src'), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  ),
];

it('every document is a page of the site, and no other', () => {
  expect([...pages].sort()).toEqual(documents.map(({ path }) => path).sort());
});
