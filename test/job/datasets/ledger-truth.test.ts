import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { readLedger } from '../../../src/job/datasets/ledger.ts';
import { type JudgedLine, readReference, referenceChecksum } from './reference-reading.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function generate(defects: Record<string, number>, rows = 1500) {
  const path = join(temporaryFolder(), 'users.jsonl');
  const { ledger } = await generateDataset({ dataset: 'users', seed: 11, rows, defects, path });
  return { path, ledger, lines: readReference(path) };
}

/** Makes the ledger's facts of lines that somebody else has judged. */
function factsOf(lines: readonly JudgedLine[]) {
  const of = (reason: string | undefined) => lines.filter((line) => line.reason === reason);
  const counted = (some: readonly JudgedLine[]) => ({
    rows: some.length,
    checksum: referenceChecksum(some.map(({ raw }) => [raw])),
  });
  const reasons = new Set(lines.map(({ reason }) => reason).filter((reason) => reason !== undefined));
  reasons.delete('duplicate-key');
  return {
    read: lines.length,
    loaded: of(undefined).length,
    quarantined: Object.fromEntries([...reasons].map((reason) => [reason, counted(of(reason))])),
    duplicates: counted(of('duplicate-key')),
    filtered: 0,
    checksum: referenceChecksum(of(undefined).map(({ row }) => row)),
  };
}

const reasonOf = {
  emailMissing: 'missing-value',
  emailBroken: 'invalid-email',
  brokenJson: 'malformed-json',
  wrongType: 'wrong-type',
};

describe('the ledger says what an independent reading of the file finds', () => {
  test('without defects: every row is loaded', async () => {
    const { ledger, lines } = await generate({});
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger).toMatchObject({ rows: 1500, read: 1500, loaded: 1500, quarantined: {}, defects: {} });
  });

  test.each(Object.entries(reasonOf))('%s: %s', async (defect, reason) => {
    const { ledger, lines } = await generate({ [defect]: 0.3 });
    expect(ledger).toMatchObject(factsOf(lines));
    expect(Object.keys(ledger.quarantined)).toEqual([reason]);
    expect(ledger.quarantined[reason]?.rows).toBeGreaterThan(375);
    expect(ledger.quarantined[reason]?.rows).toBeLessThan(525);
  });

  test.each(Object.entries(reasonOf))('%s in every row leaves nothing to load', async (defect, reason) => {
    const { ledger, lines } = await generate({ [defect]: 1 }, 400);
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger.loaded).toBe(0);
    expect(ledger.quarantined[reason]?.rows).toBe(400);
  });

  test.each(['emailInvalidCharacters', 'emailSpaces', 'emailCapitals'])(
    '%s is mended: every row is loaded, as if it were clean',
    async (defect) => {
      const { ledger, lines, path } = await generate({ [defect]: 1 });
      const clean = await generate({});
      expect(ledger).toMatchObject(factsOf(lines));
      expect(ledger.loaded).toBe(1500);
      expect(ledger.checksum).toBe(clean.ledger.checksum);
      const cleanLines = readFileSync(clean.path, 'utf8').split('\n');
      const same = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line, index) => line !== '' && line === cleanLines[index]);
      expect(same).toEqual([]);
    },
  );

  test('duplicateId: the first valid line with an id wins', async () => {
    const { ledger, lines } = await generate({ duplicateId: 0.3 });
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger.quarantined).toEqual({});
    expect(ledger.duplicates.rows).toBeGreaterThan(375);
    expect(ledger.duplicates.rows).toBeLessThan(525);
  });

  test('a duplicate of a line that was itself rejected is loaded', async () => {
    const { ledger, lines } = await generate({ duplicateId: 0.4, emailBroken: 0.4 });
    expect(ledger).toMatchObject(factsOf(lines));
    const idOf = (raw: string) => /"id":(\d+)/.exec(raw)?.[1];
    const seen = new Set<string | undefined>();
    const revived = lines.filter(({ raw, reason }) => {
      const again = seen.has(idOf(raw));
      seen.add(idOf(raw));
      return again && reason === undefined;
    });
    expect(revived.length).toBeGreaterThan(50);
  });

  test('all defects together', async () => {
    const { ledger, lines, path } = await generate(
      {
        emailInvalidCharacters: 0.3,
        emailSpaces: 0.3,
        emailCapitals: 0.3,
        emailMissing: 0.1,
        emailBroken: 0.1,
        brokenJson: 0.2,
        wrongType: 0.1,
        duplicateId: 0.1,
      },
      3000,
    );
    expect(ledger).toMatchObject(factsOf(lines));
    const bytes = readFileSync(path);
    expect(ledger.file).toEqual({
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const quarantined = Object.values(ledger.quarantined).reduce((sum, { rows }) => sum + rows, 0);
    expect(ledger.read).toBe(ledger.loaded + quarantined + ledger.duplicates.rows + ledger.filtered);
    expect(await readLedger(path)).toEqual(ledger);
  });

  test('no rows at all', async () => {
    const { ledger, path } = await generate({ brokenJson: 0.5 }, 0);
    expect(readFileSync(path)).toHaveLength(0);
    expect(ledger).toMatchObject({ ...factsOf([]), rows: 0, file: { bytes: 0 } });
  });
});
