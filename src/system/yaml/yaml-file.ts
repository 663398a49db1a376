import { isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { describeIssue } from './describe-issue.ts';

/** One mistake in a file, with its place. Line and column count from 1. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The number of characters to underline. */
  readonly length: number;
  readonly message: string;
  /** The line itself. */
  readonly source: string;
}

/** `jobs/etl.yaml:7:3: message`, then the line with the place underlined. */
export function formatDiagnostic({ file, line, column, length, message, source }: Diagnostic): string {
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const underline = '^'.repeat(Math.max(1, Math.min(length, source.length - column + 1)));
  return `${file}:${line}:${column}: ${message}\n  ${number} | ${source}\n  ${gutter} | ${' '.repeat(column - 1)}${underline}`;
}

type Path = readonly PropertyKey[];

/** The text of a YAML file together with where each of its values stands. */
export interface YamlFile {
  readonly name: string;
  readonly value: unknown;
  /** Places a mistake at the value of a path, or at the key itself. */
  diagnose(path: Path, message: string, at?: 'key' | 'value'): Diagnostic;
}

/** Reads YAML strictly: every syntax mistake is reported at once, duplicate keys among them. */
export function parseYamlFile(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseYaml(name, text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const sources = text.split(/\r?\n/);
  const place = (start: number, end: number, message: string): Diagnostic => {
    const { line, col } = lines.linePos(Math.min(start, text.length));
    const at = { line: Math.max(line, 1), column: Math.max(col, 1) };
    return { file: name, ...at, length: end - start, message, source: sources[at.line - 1] ?? '' };
  };
  if (document.errors.length > 0) {
    throw configurationError(
      name,
      document.errors.map(({ pos, message }) => place(pos[0], pos[1], message)),
    );
  }
  return {
    name,
    value: readable(name, () => document.toJS({ maxAliasCount: 100 })) ?? {},
    diagnose: (path, message, at = 'value') => {
      const [start, end] = rangeOf(document.contents, path, at) ?? [0, 1];
      return place(start, end, message);
    },
  };
}

/** The document of a text. What is nested too deeply for the parser is a mistake in the file, as any other. */
export function parseYaml(name: string, text: string, options: Parameters<typeof parseDocument>[1]) {
  return readable(name, () => parseDocument(text, options));
}

/** An alias of nothing, aliases without end, and nesting without end are thrown by the package in its own words. */
function readable<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error && ['RangeError', 'ReferenceError'].includes(error.name))) throw error;
    const message = error.name === 'RangeError' ? 'the file is nested too deeply' : error.message;
    throw configurationError(name, [{ file: name, line: 1, column: 1, length: 1, message, source: '' }]);
  }
}

/** The value of a file as its schema has it, or one error with every mistake of the file. */
export function validateYaml<Schema extends z.ZodType>(file: YamlFile, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(file.value, { reportInput: true });
  if (result.success) return result.data;
  const diagnostics = result.error.issues.flatMap((issue) =>
    describeIssue(issue, schema).map(({ path, message, at }) => file.diagnose(path, message, at)),
  );
  throw configurationError(file.name, diagnostics);
}

/** All mistakes of a file in one error, in the order of their places. */
export function configurationError(file: string, diagnostics: readonly Diagnostic[]): SparkctlError {
  const sorted = [...diagnostics].sort((a, b) => a.line - b.line || a.column - b.column);
  return new SparkctlError({
    code: 'configuration-invalid',
    category: 'configuration',
    message: `${file} has ${sorted.length === 1 ? 'a mistake' : `${sorted.length} mistakes`}:\n${sorted.map(formatDiagnostic).join('\n')}`,
    details: { diagnostics: sorted },
  });
}

/** The characters from which to which a path's value, or its key, stands; the nearest ancestor's where it is missing. */
function rangeOf(root: unknown, path: Path, at: 'key' | 'value'): [number, number] | undefined {
  let node: unknown = root;
  let best = rangeOfNode(root);
  for (const [index, step] of path.entries()) {
    if (!isCollection(node)) return best;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const isLast = index === path.length - 1;
    if (pair !== undefined && isPair(pair)) {
      const key = rangeOfNode(pair.key);
      node = pair.value;
      best = (isLast && at === 'value' ? rangeOfNode(node) : key) ?? key ?? best;
    } else {
      node = node.get(step, true);
      best = rangeOfNode(node) ?? best;
    }
  }
  return best;
}

function rangeOfNode(node: unknown): [number, number] | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range == null ? undefined : [range[0], range[1]];
}
