import { describe, expect, it } from 'vitest';
import { type RowComparison, rowDifferences } from '../../src/testing/row-differences.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const ada = { id: 1, name: 'Ada' };
const grace = { id: 2, name: 'Grace' };

describe('the differences of rows', () => {
  it.each<[what: string, found: Rows, expected: Rows, comparison: RowComparison, lines: readonly string[]]>([
    ['none', [], [], {}, []],
    ['in another order', [grace, ada], [ada, grace], {}, []],
    ['with columns in another order', [{ name: 'Ada', id: 1 }], [ada], {}, []],
    [
      'in another order, where it counts',
      [grace, ada],
      [ada, grace],
      { ordered: true },
      [
        'row 1: id is 2, expected 1; name is "Grace", expected "Ada"',
        'row 2: id is 1, expected 2; name is "Ada", expected "Grace"',
      ],
    ],
    ['one too few', [ada], [ada, grace], {}, ['missing: id=2 name="Grace"']],
    [
      'one too few, in order',
      [ada],
      [ada, grace],
      { ordered: true },
      ['row 2 is missing: id=2 name="Grace"'],
    ],
    ['one too many', [ada, grace], [ada], {}, ['unexpected: id=2 name="Grace"']],
    [
      'one too many, in order',
      [ada, grace],
      [ada],
      { ordered: true },
      ['row 2 is unexpected: id=2 name="Grace"'],
    ],
    ['one twice', [ada, ada], [ada], {}, ['unexpected: id=1 name="Ada"']],
    ['all of them', [], [ada], {}, ['missing: id=1 name="Ada"']],
    ['none expected', [ada], [], {}, ['unexpected: id=1 name="Ada"']],
    [
      'another value',
      [{ id: 1, name: null }],
      [ada],
      {},
      ['missing: id=1 name="Ada"', 'unexpected: id=1 name=null'],
    ],
    [
      'another value, with a key',
      [{ id: 1, name: null }, grace],
      [ada],
      { key: ['id'] },
      ['id=1: name is null, expected "Ada"', 'unexpected: id=2 name="Grace"'],
    ],
    [
      'a key that is no key',
      [
        { id: 1, name: 'a' },
        { id: 1, name: 'b' },
      ],
      [ada],
      { key: ['id'] },
      ['missing: id=1 name="Ada"', 'unexpected: id=1 name="a"', 'unexpected: id=1 name="b"'],
    ],
    [
      'other columns',
      [{ id: 1, email: 'a@b.c' }],
      [ada],
      {},
      ['missing columns: name', 'unexpected columns: email'],
    ],
    ['a column that is ignored', [{ ...ada, at: 1 }], [{ ...ada, at: 2 }], { ignoreColumns: ['at'] }, []],
    ['an unexpected column that is ignored', [{ ...ada, at: 1 }], [ada], { ignoreColumns: ['at'] }, []],
    ['more columns than are expected', [{ ...ada, at: 1 }], [ada], { onlyExpectedColumns: true }, []],
    [
      'no expected rows, whatever the columns',
      [ada],
      [],
      { onlyExpectedColumns: true },
      ['unexpected: id=1 name="Ada"'],
    ],
    ['numbers of another type', [{ n: 1n }, { n: -0 }], [{ n: 1 }, { n: 0 }], {}, []],
    [
      'a number that only looks like one',
      [{ n: '1' }],
      [{ n: 1 }],
      {},
      ['missing: n=1', 'unexpected: n="1"'],
    ],
    [
      'numbers beyond 2^53',
      [{ n: 9007199254740993n }],
      [{ n: 9007199254740992n }],
      {},
      ['missing: n=9007199254740992n', 'unexpected: n=9007199254740993n'],
    ],
    ['bytes in a buffer', [{ b: Buffer.from('a') }], [{ b: new Uint8Array([97]) }], {}, []],
    ['no value and null', [{ n: null }], [{ n: undefined }], {}, []],
  ])('%s', (_what, found, expected, comparison, lines) => {
    expect(rowDifferences(found, expected, comparison)).toEqual(lines);
  });

  it('are cut where they are many', () => {
    const rows = Array.from({ length: 30 }, (_, id) => ({ id }));
    const lines = rowDifferences([], rows);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('and 20 more');
  });
});
