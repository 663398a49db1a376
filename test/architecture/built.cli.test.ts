import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';

// TypeScript rewrites the path of an `import()`, but not in a function that has a `using`.
it('the built program imports no source file', () => {
  const built = readdirSync(join(repository, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  expect(built.length).toBeGreaterThan(100);
  const lost = built.filter((file) =>
    /\b(?:from|import)\s*\(?\s*'[^']+\.ts'/.test(readFileSync(join(repository, 'dist', file), 'utf8')),
  );
  expect(lost).toEqual([]);
});
