import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import { type Diagnostic, parseYaml } from '../../../system/yaml/yaml-file.ts';
import type { Ignored } from './compose-schema.ts';

/** The values of `${NAME}` in a Compose file. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface Interpolated {
  readonly text: string;
  /** Variables that are not set and have no default: Compose takes them as empty, and says so. */
  readonly unset: readonly string[];
  /** A description of the mistake. */
  readonly problem?: string;
}

const reference =
  /\$(?:(?<dollar>\$)|(?<plain>[a-z_]\w*)|\{(?<name>[a-z_]\w*)(?:(?<rule>:?[-?+])(?<rest>[^}]*))?\}|)/gi;

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}` and `$$`, as Compose does. */
export function interpolate(text: string, variables: Variables): Interpolated {
  const unset: string[] = [];
  let problem: string | undefined;
  const replaced = text.replace(reference, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['dollar'] !== undefined) return '$';
    const name = groups['plain'] ?? groups['name'];
    if (name === undefined) {
      problem = 'a "$" begins a variable such as ${NAME} or ${NAME:-default}; write "$$" for a dollar sign';
      return whole;
    }
    const { rule, rest: argument = '' } = groups;
    if (argument.includes('${')) {
      problem = `the default of ${name} holds another variable, which not every version of Compose understands`;
      return whole;
    }
    const value = variables[name];
    const isSet = value !== undefined && !(rule?.startsWith(':') === true && value === '');
    switch (rule?.at(-1)) {
      case '-':
        return isSet ? value : argument;
      case '+':
        return isSet ? argument : '';
      case '?':
        if (isSet) return value;
        problem =
          argument === ''
            ? `the variable ${name} is not set`
            : `the variable ${name} is not set: ${argument}`;
        return whole;
      default:
        if (value === undefined) unset.push(name);
        return value ?? '';
    }
  });
  return { text: replaced, unset, ...(problem === undefined ? {} : { problem }) };
}

type Path = readonly PropertyKey[];
type Range = readonly [start: number, end: number];

/** The value of a Compose file with its variables filled in, and where each part of it stands. */
interface ComposeYaml {
  readonly value: unknown;
  /** False where the syntax is broken: the value says nothing then. */
  readonly isReadable: boolean;
  /** Mistakes of syntax and of variables; what could not be filled in stands in the value as it is written. */
  readonly mistakes: readonly Diagnostic[];
  readonly warnings: readonly Ignored[];
  /** Places a mistake at the value of a path, or at the key itself. */
  diagnose(path: Path, message: string, at?: 'key' | 'value'): Diagnostic;
}

/** Deeper than any Compose file, and an end for an alias that contains itself. */
const maxDepth = 40;

/** More values than any Compose file has: aliases of aliases are short to write and without end to read. */
const maxValues = 20_000;

/**
 * Reads a Compose file's YAML. Other than the reading of manifests it follows anchors and merge keys (`<<`), so that a
 * mistake in a shared part is placed where it is written, and fills in variables.
 */
export function parseComposeYaml(name: string, text: string, variables: Variables): ComposeYaml {
  const lines = new LineCounter();
  const document = parseYaml(name, text, { lineCounter: lines, prettyErrors: false });
  const sources = text.split(/\r?\n/);
  const places = new Map<string, { key?: Range; value?: Range }>();
  const mistakes: Diagnostic[] = [];
  const unset = new Set<string>();

  const diagnosticAt = ([start, end]: Range, message: string): Diagnostic => {
    const { line, col } = lines.linePos(Math.min(start, text.length));
    const [row, column] = [Math.max(line, 1), Math.max(col, 1)];
    return { file: name, line: row, column, length: end - start, message, source: sources[row - 1] ?? '' };
  };
  const remember = (path: Path, kind: 'key' | 'value', node: unknown) => {
    const range = (node as Node | null | undefined)?.range;
    if (range == null) return;
    const id = JSON.stringify(path);
    places.set(id, { ...places.get(id), [kind]: [range[0], range[1]] });
  };
  const rangeOf = (path: Path, at: 'key' | 'value'): Range => {
    const place = places.get(JSON.stringify(path));
    const range = place?.[at] ?? place?.key ?? place?.value;
    if (range !== undefined) return range;
    return path.length === 0 ? [0, 1] : rangeOf(path.slice(0, -1), 'key');
  };

  let values = 0;
  const resolveNode = (node: unknown, path: Path, depth: number): unknown => {
    values += 1;
    if (values > maxValues) {
      if (values === maxValues + 1)
        mistakes.push(
          diagnosticAt(rangeOf(path, 'value'), `makes more than ${maxValues} values of the file's aliases`),
        );
      return null;
    }
    remember(path, 'value', node);
    if (depth > maxDepth) {
      mistakes.push(diagnosticAt(rangeOf(path, 'value'), 'is nested too deeply'));
      return null;
    }
    if (isAlias(node)) return resolveNode(node.resolve(document), path, depth + 1);
    if (isMap(node)) return resolveMap(node.items, path, depth);
    if (isSeq(node)) return node.items.map((item, index) => resolveNode(item, [...path, index], depth + 1));
    if (!isScalar(node)) return null;
    if (typeof node.value !== 'string') return node.value;
    const { text: filled, unset: missing, problem } = interpolate(node.value, variables);
    for (const variable of missing) unset.add(variable);
    if (problem !== undefined) mistakes.push(diagnosticAt(rangeOf(path, 'value'), problem));
    return filled;
  };
  const resolveMap = (
    items: readonly { key: unknown; value: unknown }[],
    path: Path,
    depth: number,
  ): unknown => {
    // Names such as __proto__ and constructor are keys like others.
    const result: Record<string, unknown> = Object.create(null);
    const merged: unknown[] = [];
    for (const { key, value } of items) {
      const word = isScalar(key) ? String(key.value) : String(key);
      if (word === '<<') {
        merged.push(...(isSeq(value) ? value.items : [value]));
        continue;
      }
      remember([...path, word], 'key', key);
      result[word] = resolveNode(value, [...path, word], depth + 1);
    }
    for (const part of merged) {
      const source = isAlias(part) ? part.resolve(document) : part;
      if (!isMap(source)) continue;
      // A key that is written beside the merge wins, and so does an earlier part; neither may lose its place.
      const rest = source.items.filter(({ key }) => !(isScalar(key) && String(key.value) in result));
      Object.assign(result, resolveMap(rest, path, depth + 1));
    }
    return result;
  };

  for (const { pos, message } of document.errors) mistakes.push(diagnosticAt([pos[0], pos[1]], message));
  const isReadable = document.errors.length === 0;
  const value = isReadable ? resolveNode(document.contents, [], 0) : {};
  return {
    value,
    isReadable,
    mistakes,
    warnings: [...unset].map((variable) => ({
      file: name,
      what: `the variable ${variable}`,
      reason: 'is not set; it is taken as empty',
    })),
    diagnose: (path, message, at = 'value') => diagnosticAt(rangeOf(path, at), message),
  };
}
