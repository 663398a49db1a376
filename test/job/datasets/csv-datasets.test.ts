import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import type { Ledger } from '../../../src/job/datasets/ledger.ts';
import { regenerateLoadedRows } from '../../../src/job/datasets/registry.ts';
import { type JudgedCsvLine, readReferenceCsv } from './reference-csv.ts';
import { referenceChecksum } from './reference-reading.ts';
import { temporaryFolder } from './temporary-folder.ts';

const integer = (name: string) => ({ name, type: 'integer', nullable: false }) as const;
const real = (name: string) => ({ name, type: 'real', nullable: name.endsWith('_percent') }) as const;
const text = (name: string) => ({ name, type: 'text', nullable: false }) as const;

const datasets = {
  customers: {
    rules: {
      columns: [integer('customer_id'), ...['age', 'annual_income', 'spending_score'].map(real)],
      key: ['customer_id'],
    },
    reasonOf: {
      brokenCsv: 'malformed-csv',
      wrongType: 'wrong-type',
      missingId: 'missing-key',
      missingValue: 'missing-value',
    },
    repeating: 'duplicateId',
    written: {
      generator: 'customers 2',
      bytes: 32209,
      sha256: '989734b29542a6ee63d22df6149a96f2c0d8613aa755e2fabf529ee5da73f4a3',
      checksum: 'b5e684e1489894ed54c2400b',
    },
  },
  players: {
    rules: {
      columns: [
        integer('rank'),
        text('player'),
        text('position'),
        integer('age'),
        text('team'),
        integer('games'),
        integer('games_started'),
        ...['minutes', 'field_goals', 'field_goal_attempts', 'field_goal_percent'].map(real),
        ...['three_points', 'three_point_attempts', 'three_point_percent'].map(real),
        ...['free_throws', 'free_throw_attempts', 'free_throw_percent'].map(real),
        ...['rebounds', 'assists', 'steals', 'blocks', 'turnovers', 'fouls', 'points'].map(real),
      ],
      key: ['rank', 'team'],
      isImpossible: (row: Readonly<Record<string, string | number | bigint | null>>) => {
        const at = (name: string) => Number(row[name] ?? 0);
        return (
          at('age') < 10 ||
          at('age') > 80 ||
          at('games') < 1 ||
          at('games_started') > at('games') ||
          Object.entries(row).some(
            ([name, value]) => at(name) < 0 || (/percent/.test(name) && Number(value) > 1),
          )
        );
      },
    },
    reasonOf: {
      brokenCsv: 'malformed-csv',
      wrongType: 'wrong-type',
      missingValue: 'missing-value',
      impossibleValue: 'invalid-value',
    },
    repeating: 'duplicateRow',
    written: {
      generator: 'players 2, faker 10.6.0',
      bytes: 221336,
      sha256: 'dcf62a798c8754faba6c29b963684d018d4ff6ed1eb65f8f6ab74621aad63880',
      checksum: '249e53d372a502399692fdf7',
    },
  },
} as const;

/** Makes the ledger's facts of lines that somebody else has judged. */
function factsOf(lines: readonly JudgedCsvLine[]) {
  const of = (reason: string | undefined) => lines.filter((line) => line.reason === reason);
  const counted = (some: readonly JudgedCsvLine[]) => ({
    rows: some.length,
    checksum: referenceChecksum(some.map(({ raw }) => [raw])),
  });
  const reasons = [...new Set(lines.map(({ reason }) => reason))].filter(
    (reason) => reason !== undefined && reason !== 'duplicate-key',
  );
  return {
    read: lines.length,
    loaded: of(undefined).length,
    quarantined: Object.fromEntries(reasons.map((reason) => [reason, counted(of(reason))])),
    duplicates: counted(of('duplicate-key')),
    filtered: 0,
    checksum: referenceChecksum(of(undefined).map(({ row }) => row)),
  };
}

describe.each(Object.entries(datasets))('%s', (dataset, { rules, reasonOf, repeating, written }) => {
  async function generate(defects: Record<string, number>, rows = 1200, seed = 11) {
    const path = join(temporaryFolder(), `${dataset}.csv`);
    const { ledger } = await generateDataset({ dataset, seed, rows, defects, path });
    return { path, ledger, lines: readReferenceCsv(path, rules) };
  }
  const all = {
    ...Object.fromEntries(Object.keys(reasonOf).map((defect) => [defect, 0.1])),
    [repeating]: 0.1,
  };

  test('a seed has the bytes that it always had', async () => {
    const { ledger } = await generate({ ...all, quotedFields: 0.2 }, 2000, 42);
    // When the generator is changed on purpose: raise its version, then write down what it gives now.
    expect({ ...ledger.file, generator: ledger.generator, checksum: ledger.checksum }).toEqual(written);
  });

  test('without defects every row is loaded', async () => {
    const { ledger, lines } = await generate({});
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger).toMatchObject({ rows: 1200, read: 1200, loaded: 1200, quarantined: {} });
    expect(ledger.columns).toEqual(rules.columns.map(({ name }) => name));
  });

  test.each(Object.entries(reasonOf))('%s: %s', async (defect, reason) => {
    const { ledger, lines } = await generate({ [defect]: 0.3 });
    expect(ledger).toMatchObject(factsOf(lines));
    expect(Object.keys(ledger.quarantined)).toEqual([reason]);
    expect(ledger.quarantined[reason]?.rows).toBeGreaterThan(280);
    expect(ledger.quarantined[reason]?.rows).toBeLessThan(440);
  });

  test('what is repeated is a duplicate, also of a row that was repeated before', async () => {
    const { ledger, lines } = await generate({ [repeating]: 0.4 });
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger.quarantined).toEqual({});
    expect(ledger.duplicates.rows).toBeGreaterThan(380);
  });

  test('what repeats a rejected row is loaded', async () => {
    const { ledger, lines } = await generate({ [repeating]: 0.4, brokenCsv: 0.4 });
    expect(ledger).toMatchObject(factsOf(lines));
  });

  test('fields in quotation marks are the same values', async () => {
    const { ledger, lines, path } = await generate({ quotedFields: 1 });
    const clean = await generate({});
    expect(ledger).toMatchObject(factsOf(lines));
    expect(ledger.checksum).toBe(clean.ledger.checksum);
    expect(readFileSync(path, 'utf8')).not.toBe(readFileSync(clean.path, 'utf8'));
  });

  test('all defects together; fewer rows are the beginning of more', async () => {
    const many = await generate({ ...all, quotedFields: 0.2 }, 2500);
    expect(many.ledger).toMatchObject(factsOf(many.lines));
    const few = readFileSync((await generate({ ...all, quotedFields: 0.2 }, 900)).path);
    expect(readFileSync(many.path).subarray(0, few.length).equals(few)).toBe(true);
  });

  test('no rows at all is a header', async () => {
    const { ledger, path } = await generate({}, 0);
    expect(readFileSync(path, 'utf8')).toBe(`${rules.columns.map(({ name }) => name).join(',')}\n`);
    expect(ledger).toMatchObject({ read: 0, loaded: 0 });
  });
});

function groupedBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

async function loadedRows(ledger: Ledger) {
  return [...((await regenerateLoadedRows(ledger)) ?? [])];
}

test('every loaded customer has a planted group, and its values say which', async () => {
  const path = join(temporaryFolder(), 'customers.csv');
  const wanted = { dataset: 'customers', rows: 3000, defects: { brokenCsv: 0.1, duplicateId: 0.1 }, path };
  const rows = await loadedRows((await generateDataset({ ...wanted, seed: 1 })).ledger);
  const groups = groupedBy(rows, ({ label }) => label);
  expect([...groups.keys()].sort()).toEqual(['careful', 'generous', 'impulsive', 'moderate', 'thrifty']);
  const boxes = [...groups.values()].map((members) =>
    [2, 3].map((column) => {
      const values = members.map(({ values: all }) => Number(all[column]));
      return [Math.min(...values), Math.max(...values)] as const;
    }),
  );
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const apart = one.some(([low, high], axis) => {
        const [otherLow, otherHigh] = other[axis] ?? [0, 0];
        return high < otherLow || otherHigh < low;
      });
      expect(apart).toBe(true);
    }
  }
  // Another seed draws other customers from the same groups: a model of one file fits the other.
  const others = await loadedRows((await generateDataset({ ...wanted, seed: 2 })).ledger);
  const meanIncome = (of: typeof rows, label: string) => {
    const members = of.filter((row) => row.label === label);
    return members.reduce((sum, { values }) => sum + Number(values[2]), 0) / members.length;
  };
  for (const label of groups.keys()) {
    expect(Math.abs(meanIncome(rows, label ?? '') - meanIncome(others, label ?? ''))).toBeLessThan(1);
  }
});

test('a player who changed team has a row for the season, and then one for each team, which add up to it', async () => {
  const path = join(temporaryFolder(), 'players.csv');
  await generateDataset({ dataset: 'players', rows: 3000, seed: 3, path });
  const { columns, key } = datasets.players.rules;
  const rows = readReferenceCsv(path, { columns, key }).map(({ row }) => row);
  const [team, games, started, points] = [4, 5, 6, columns.length - 1] as const;
  const seasons = [...groupedBy(rows, ([rank]) => rank).values()].slice(0, -1);
  expect(seasons.filter(({ length }) => length > 1).length).toBeGreaterThan(150);
  for (const [first, ...stints] of seasons) {
    if (stints.length === 0) {
      expect(first?.[team]).not.toBe('TOT');
      continue;
    }
    expect(first?.[team]).toBe('TOT');
    expect(stints.length).toBeGreaterThan(1);
    expect(new Set(stints.map((stint) => stint[team])).size).toBe(stints.length);
    const sum = (column: number) => stints.reduce((total, stint) => total + Number(stint[column]), 0);
    expect([sum(games), sum(started)]).toEqual([Number(first?.[games]), Number(first?.[started])]);
    const scored = stints.reduce((total, stint) => total + Number(stint[games]) * Number(stint[points]), 0);
    expect(Math.abs(scored / sum(games) - Number(first?.[points]))).toBeLessThan(0.1001);
  }
});
