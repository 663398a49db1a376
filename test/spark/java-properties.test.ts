import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProperty, parseProperties } from '../../src/spark/java-properties.ts';

test('a file is read as java.util.Properties reads it', () => {
  const text = [
    '# a comment \\',
    '  ! another',
    '',
    'spark.a=1',
    '  spark.b : two words  ',
    'spark.c\t3',
    'spark.d',
    'spark.long=one,\\',
    '    two,\\\r',
    '\tthree',
    'spark.path=C:\\\\folder\\\\',
    'key\\ with\\:signs\\==\\u00e4\\n',
    'spark.a=last',
    'spark.open=end\\',
  ].join('\n');
  expect({ ...parseProperties(text) }).toEqual({
    'spark.a': 'last',
    'spark.b': 'two words',
    'spark.c': '3',
    'spark.d': '',
    'spark.long': 'one,two,three',
    'spark.path': 'C:\\folder\\',
    'key with:signs=': 'ä',
    'spark.open': 'end',
  });
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (key, value) => {
      const text = `first=1\n${formatProperty(key, value)}\nlast=2\n`;
      expect(parseProperties(text)[key]).toBe(value.trim());
      expect(parseProperties(text)).toMatchObject({ last: '2' });
    }),
    { seed: 20260131 },
  );
});
