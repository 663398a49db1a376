import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';

/** A name as SQL text that can mean nothing else, whatever is in it. */
export function quoteIdentifier(name: string): string {
  // SQLite reads SQL as a C string: what follows a NUL would be cut off.
  if (name === '' || name.includes('\0')) {
    throw new SparkctlError({
      code: 'bad-identifier',
      category: 'configuration',
      message: `${JSON.stringify(name)} cannot be the name of a table or a column.`,
      hint: 'Choose a name of letters, digits and _.',
      details: { name },
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}
