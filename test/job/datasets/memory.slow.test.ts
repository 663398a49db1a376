import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compiledSources } from './compiled-sources.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('memory does not grow with the number of rows', { timeout: 240_000 }, () => {
  const program = `
    const { generateDataset } = await import(process.argv[1] + 'job/datasets/generate-dataset.js');
    const rate = 0.05;
    const defects = { emailInvalidCharacters: rate, emailSpaces: rate, emailCapitals: rate, emailMissing: rate,
      emailBroken: rate, brokenJson: rate, wrongType: rate, duplicateId: rate };
    const { ledger } = await generateDataset({ dataset: 'users', seed: 1, rows: Number(process.argv[3]), defects, path: process.argv[2] });
    console.log(JSON.stringify({ rows: ledger.read, maxRssKb: process.resourceUsage().maxRSS }));`;
  const path = join(temporaryFolder(), 'users.jsonl');
  const sources = compiledSources();
  const peakOf = (wanted: number) => {
    const words = ['--input-type=module', '-e', program, sources, path, String(wanted)];
    const printed = execFileSync(process.execPath, words, { encoding: 'utf8' });
    const { rows, maxRssKb } = JSON.parse(printed) as { rows: number; maxRssKb: number };
    expect(rows).toBe(wanted);
    return maxRssKb;
  };
  expect(peakOf(3_000_000) / peakOf(100_000)).toBeLessThan(1.2);
});
