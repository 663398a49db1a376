import { expect, test } from 'vitest';
import { printable, printableJson, printableRecord } from '../../../src/system/errors/printable.ts';

const hostile = 'a\u001b[31m\u009b2J\u202e\u2028\ud800\r\n\tb';

test('no character that a terminal obeys is left in a text', () => {
  expect(printable(hostile)).toBe('a\\u{1b}[31m\\u{9b}2J\\u{202e}\\u{2028}\\u{d800}\\u{d}\\u{a}\\u{9}b');
  expect(printable(hostile, 'lines')).toMatch(/\\u\{d\}\n\tb$/);
  expect(printable('Zoë, 東京')).toBe('Zoë, 東京');
});

test('only the texts of a record that may have lines keep them', () => {
  expect(
    printableRecord({ 'n\u001b': ['x\n'], message: 'one\ntwo\u0007', count: 1, none: undefined }),
  ).toEqual({
    'n\\u{1b}': ['x\\u{a}'],
    message: 'one\ntwo\\u{7}',
    count: 1,
    none: undefined,
  });
});

test('JSON stays the same value', () => {
  const text = printableJson({ [hostile]: [hostile, '\u{e0001}'] }, 2);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(text)).toEqual({ [hostile]: [hostile, '\u{e0001}'] });
});
