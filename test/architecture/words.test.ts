import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

it('doc comments begin with a verb or a noun, not with a question word', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(150);
  const questions = files.flatMap((name) =>
    readFileSync(join(source, name), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        /^\s*\/\*\* (?:What|How|Where|Whether|Why|Who|Which|When)\b/.test(line)
          ? [`${name}:${index + 1}:${line}`]
          : [],
      ),
  );
  expect(questions).toEqual([]);
});
