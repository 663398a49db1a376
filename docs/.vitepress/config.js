import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { addressOf, pages, sections } from './pages.js';
import { repositoryLinks } from './repository-links.js';
import { slug } from './slug.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const gathered = fileURLToPath(new URL('.gathered', import.meta.url));

/** Copies the pages and their pictures: Vite looks for Vue above each page, where the repository's root has none. */
function gather() {
  const pictures = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.svg'));
  rmSync(gathered, { recursive: true, force: true });
  for (const file of [...pages, ...pictures.map((name) => `docs/${name}`)])
    cpSync(join(repository, file), join(gathered, file));
}

gather();

/** The site of `npm run docs`: the repository's own Markdown, each file as it is. */
export default defineConfig({
  title: 'sparkctl',
  description: 'From a PySpark script to a verified result with one command, on real Apache Spark.',
  srcDir: '.vitepress/.gathered',
  rewrites: Object.fromEntries(pages.map((page) => [page, `${addressOf(page)}.md`])),
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    anchor: { slugify: slug },
    languageAlias: { gitignore: 'ini' },
    config: repositoryLinks,
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Manifest', link: '/manifest' },
      { text: 'Commands', link: '/commands' },
    ],
    sidebar: sections.map(({ text, pages: of }) => ({
      text,
      items: Object.entries(of).map(([page, title]) => ({
        text: title,
        link: `/${addressOf(page).replace('index', '')}`,
      })),
    })),
  },
});
