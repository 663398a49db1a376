import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function users(rows: number) {
  const path = join(temporaryFolder(), 'users.jsonl');
  await generateDataset({ dataset: 'users', seed: 1, rows, path });
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return { lines, people: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line has exactly the seven fields, in order', async () => {
  const { people } = await users(200);
  for (const person of people) {
    expect(Object.keys(person)).toEqual(['id', 'name', 'age', 'email', 'salary', 'city', 'created_at']);
    expect(person.created_at).toBe(new Date(person.created_at as string).toISOString());
  }
});

test('now and then a name or a city is not ASCII, in UTF-8 and in \\u escapes', async () => {
  const { lines, people } = await users(4000);
  const foreign = people.filter(({ name, city }) => /[^ -~]/.test(`${name}${city}`));
  expect(foreign.length).toBeGreaterThan(300);
  expect(foreign.length).toBeLessThan(700);
  const text = foreign.map(({ name, city }) => `${name} ${city}`).join(' ');
  for (const character of ['é', 'ü', 'ł', 'e\u0308', '王', '\u{20BB7}', 'ن', '"']) {
    expect(text).toContain(character);
  }
  const file = lines.join('\n');
  expect(file).toContain('\\ud842\\udfb7');
  expect(file).toContain('\u{20BB7}');
  expect(file).toContain('\\"');
});

test('no two rows have the same e-mail', async () => {
  const { people } = await users(4000);
  expect(new Set(people.map(({ email }) => email)).size).toBe(4000);
});
