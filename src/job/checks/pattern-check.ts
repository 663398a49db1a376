import { type Check, sampleLimit } from './check.ts';
import { unknownColumns } from './known-columns.ts';
import { counted, showKey, showValue } from './show-value.ts';

/** Every value of a column matches a regular expression. */
export const patternCheck: Check<'pattern'> = {
  name: ({ column }) => `pattern (${column})`,
  mistakes: (spec, table) => [
    ...unknownColumns(patternCheck.name(spec), [spec.column], table),
    ...patternMistakes(spec.matches).map((mistake) => `The check ${patternCheck.name(spec)}: ${mistake}`),
  ],
  run: async ({ column, matches }, { reader, table }) => {
    const expected = `every ${column} matches ${matches}`;
    const broken = reader.breaking(
      table.name,
      column,
      new RegExp(matches, 'u'),
      table.primaryKey,
      sampleLimit,
    );
    const all = counted(reader.count(table.name), 'row');
    if (broken.rows === 0) return { status: 'held', expected, found: `all of ${all} do` };
    return {
      status: 'failed',
      expected,
      found: `${broken.rows} of ${all} ${broken.rows === 1 ? 'does' : 'do'} not`,
      detail: broken.samples
        .map(({ key, value }) => `${showKey(table.primaryKey, key)}: ${column} is ${showValue(value)}.`)
        .join('\n'),
    };
  },
};

function patternMistakes(matches: string): readonly string[] {
  try {
    new RegExp(matches, 'u');
    return [];
  } catch (error) {
    return [error instanceof Error ? `${error.message}.` : String(error)];
  }
}
