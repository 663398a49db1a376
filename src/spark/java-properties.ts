import { readFile } from 'node:fs/promises';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';

/** The properties in the text of a file as `java.util.Properties` reads it, values trimmed as Spark trims them. */
export function parseProperties(text: string): Readonly<Record<string, string>> {
  const properties: Record<string, string> = Object.create(null);
  for (const line of logicalLines(text)) {
    const { key = '', value = '' } =
      /^(?<key>(?:\\.|[^ \t\f:=\\])*)[ \t\f]*(?:[:=][ \t\f]*)?(?<value>.*)$/su.exec(line)?.groups ?? {};
    properties[withoutEscapes(key)] = withoutEscapes(value).trim();
  }
  return properties;
}

/** Lines without comments and empty ones; one that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let begun: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (begun === undefined && (line === '' || /^[#!]/.test(line))) continue;
    const whole: string = (begun ?? '') + line;
    const isContinued = (/\\*$/.exec(whole)?.[0].length ?? 0) % 2 === 1;
    begun = isContinued ? whole.slice(0, -1) : undefined;
    if (!isContinued) lines.push(whole);
  }
  return begun === undefined ? lines : [...lines, begun];
}

const meaningOf: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.)|$)/gisu, (_, code?: string, letter?: string) =>
    code === undefined
      ? (meaningOf[letter ?? ''] ?? letter ?? '')
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A line that `java.util.Properties` reads as this property. */
export function formatProperty(key: string, value: string): string {
  const safeKey = onOneLine(key).replace(/[ \t\f:=#!]/g, '\\$&');
  return `${safeKey}=${onOneLine(value).replace(/^\s/, '\\$&')}`;
}

function onOneLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

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

/** Variables by which a person may give options to Java. */
const optionVariables = ['SPARK_SUBMIT_OPTS', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'];

/** Tells whether a person has set a Java property already. */
export function namesJavaProperty(
  environment: Readonly<Record<string, string | undefined>>,
  property: string,
): boolean {
  return optionVariables.some((name) => environment[name]?.includes(`-D${property}=`));
}
