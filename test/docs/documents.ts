import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from '../../docs/.vitepress/slug.js';
import { repository } from '../support/sparkctl.ts';

/** A fenced block: its language, its text and where it begins. */
interface Block {
  readonly language: string;
  readonly text: string;
  /** `docs/sink.md:12`. */
  readonly place: string;
}

/** One file of the documentation. */
export interface Document {
  readonly path: string;
  readonly text: string;
  /** The text with nothing in the place of fenced blocks and inline code, where `[a](b)` is no link. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  /** The anchors of its headings, as GitHub and the site make them. */
  readonly anchors: ReadonlySet<string>;
}

/** Every file that a reader is meant to read, by its path in the repository. */
export const documents: readonly Document[] = ['', 'docs'].flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => readDocument(join(folder, name))),
);

/** Every block of these languages, in every document. */
export function blocksOf(...languages: readonly string[]): readonly Block[] {
  return documents.flatMap(({ blocks }) => blocks.filter(({ language }) => languages.includes(language)));
}

function readDocument(path: string): Document {
  const text = readFileSync(join(repository, path), 'utf8');
  const fence = /^( *)```(\w*)\n(.*?)^\1```$/gms;
  const blocks = [...text.matchAll(fence)].map(({ 2: language = '', 3: block = '', index }) => ({
    language,
    text: block,
    place: `${path}:${text.slice(0, index).split('\n').length}`,
  }));
  const outside = text.replace(fence, '');
  const titles = [...outside.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.replaceAll('`', ''));
  const prose = outside.replace(/(`+)[^`]+\1/g, '');
  return { path, text, prose, blocks, anchors: new Set(titles.map(slug)) };
}
