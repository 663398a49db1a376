import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compiledSources } from './compiled-sources.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('a million rows are generated in less than 150 MB', { timeout: 120_000 }, () => {
  const program = `
    const { generateDataset } = await import(process.argv[1] + 'job/datasets/generate-dataset.js');
    const rate = 0.05;
    const defects = { emailInvalidCharacters: rate, emailSpaces: rate, emailCapitals: rate, emailMissing: rate,
      emailBroken: rate, brokenJson: rate, wrongType: rate, duplicateId: rate };
    const { ledger } = await generateDataset({ dataset: 'users', seed: 1, rows: 1_000_000, defects, path: process.argv[2] });
    console.log(JSON.stringify({ rows: ledger.read, maxRssKb: process.resourceUsage().maxRSS }));`;
  const path = join(temporaryFolder(), 'users.jsonl');
  const printed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', program, compiledSources(), path],
    {
      encoding: 'utf8',
    },
  );
  const { rows, maxRssKb } = JSON.parse(printed) as { rows: number; maxRssKb: number };
  expect(rows).toBe(1_000_000);
  expect(maxRssKb / 1000).toBeLessThan(150);
});
