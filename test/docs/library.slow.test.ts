import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { libraryPage } from '../../scripts/pages/library-page.js';
import { repository } from '../support/sparkctl.ts';
import { blocksOf } from './documents.ts';

const page = 'docs/library.md';

it(`${page} is what \`npm run schema\` writes`, () => {
  expect(readFileSync(join(repository, page), 'utf8')).toBe(libraryPage(repository));
});

it('blocks of TypeScript compile with the library as it is', () => {
  // Declarations of the reference have no body.
  const blocks = blocksOf('ts').filter(({ place }) => !place.startsWith(page));
  expect(blocks.length).toBeGreaterThan(0);
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, repository);
  // Within the repository, where the types of Node are found.
  const folder = mkdtempSync(join(repository, 'test', 'docs', 'blocks-'));
  try {
    const files = blocks.map(({ text }, index) => {
      const file = join(folder, `block-${index}.ts`);
      writeFileSync(file, text);
      return file;
    });
    const paths = {
      sparkctl: [join(repository, 'src/index.ts')],
      'sparkctl/*': [join(repository, 'src/*.ts')],
    };
    const program = ts.createProgram(files, { ...options, incremental: false, tsBuildInfoFile: '', paths });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => [
        blocks[files.indexOf(file?.fileName ?? '')]?.place ?? file?.fileName,
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      ]);
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
