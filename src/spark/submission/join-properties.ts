import { readFile } from 'node:fs/promises';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { formatProperty } from './java-properties.ts';

/** The text of several files of Spark properties, weakest first, as that of one: of a property that is there twice, Java takes the last. */
export async function joinProperties(
  paths: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const contents = await Promise.all(paths.map(readPropertiesFile));
  const lines = Object.entries(more).map(([key, value]) => `${formatProperty(key, value)}\n`);
  // The empty line ends a last line that ends in a backslash.
  return [...contents, lines.join('')].join('\n\n');
}

/** The text of a file of Spark properties that a submission names. */
export async function readPropertiesFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SparkctlError({
      code: 'properties-unreadable',
      category: 'input',
      message: `The properties file ${path} cannot be read (${String((error as NodeJS.ErrnoException).code)}).`,
      hint: 'Check --properties-file.',
      cause: error,
    });
  }
}
