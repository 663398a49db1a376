import { SparkctlError } from '../errors/sparkctl-error.ts';

/** The letters that make a path a pattern for Spark (Hadoop's globs). */
const patternLetters = /[*?[\]{}\\]/;

/** More alternatives than anybody writes by hand: a pattern with more of them would never be done. */
const mostAlternatives = 10_000;

/** Tells whether Spark takes a path for a pattern. */
export function isPattern(path: string): boolean {
  return patternLetters.test(path);
}

/** A path in which every letter stands for itself, also where Spark takes it for a pattern. */
export function escapePattern(path: string): string {
  return path.replace(/[*?[\]{}\\]/g, '\\$&');
}

/**
 * The patterns without a slash in their braces that together mean the same: `{a/b,c}/d` is `a/b/d` and `c/d`. Braces
 * without one are left to `matcherOf`.
 */
export function expandSlashedBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const braces = slashedBraces(next);
    if (braces === undefined) done.push(next);
    else open.push(...braces);
    if (done.length + open.length > mostAlternatives)
      throw badPattern(pattern, 'it has too many alternatives');
  }
  return done;
}

/** A pattern once for each alternative of its first braces with a slash; undefined where there are none. */
function slashedBraces(pattern: string): readonly string[] | undefined {
  const starts: { at: number; commas: number[]; slash: boolean }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at];
    const inner = starts.at(-1);
    if (letter === '\\') at++;
    else if (letter === '{') starts.push({ at, commas: [], slash: false });
    else if (inner === undefined) continue;
    else if (letter === ',') inner.commas.push(at);
    else if (letter === '/') for (const each of starts) each.slash = true;
    else if (letter === '}') {
      starts.pop();
      if (starts.length > 0 || !inner.slash) continue;
      const edges = [inner.at, ...inner.commas, at];
      return edges
        .slice(1)
        .map(
          (end, index) =>
            pattern.slice(0, inner.at) + pattern.slice((edges[index] ?? 0) + 1, end) + pattern.slice(at + 1),
        );
    }
  }
  return undefined;
}

/** A test of one name of a path by one part of a pattern: `*`, `?`, `[a-z]`, `[^a]`, `{a,b}`, and `\` before a letter that stands for itself. */
export function matcherOf(part: string): (name: string) => boolean {
  let expression = '';
  let depth = 0;
  const letters = [...part];
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? '';
    if (letter === '\\') {
      at += 1;
      if (at === letters.length) throw badPattern(part, 'a letter is missing after the last \\');
      expression += literal(letters[at] ?? '');
    } else if (letter === '*') expression += '.*';
    else if (letter === '?') expression += '.';
    else if (letter === '{') {
      depth += 1;
      expression += '(?:';
    } else if (letter === '}' && depth > 0) {
      depth -= 1;
      expression += ')';
    } else if (letter === ',' && depth > 0) expression += '|';
    else if (letter === '[') {
      const end = letters.indexOf(']', at + 1);
      if (end < 0) throw badPattern(part, 'a [ is never closed');
      expression += characterClass(letters.slice(at + 1, end), part);
      at = end;
    } else expression += literal(letter);
  }
  if (depth > 0) throw badPattern(part, 'a { is never closed');
  return matcher(`^${expression}$`, part);
}

function characterClass(letters: readonly string[], part: string): string {
  const negative = letters[0] === '^' || letters[0] === '!';
  const members = negative ? letters.slice(1) : letters;
  if (members.length === 0) throw badPattern(part, 'a [] has nothing in it');
  const escaped = members.map((letter) => (letter === '-' ? letter : literal(letter))).join('');
  return `[${negative ? '^' : ''}${escaped}]`;
}

function matcher(expression: string, part: string): (name: string) => boolean {
  try {
    const compiled = new RegExp(expression, 'su');
    return (name) => compiled.test(name);
  } catch (error) {
    throw badPattern(part, error instanceof Error ? error.message : String(error));
  }
}

function literal(letter: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? `\\${letter}` : letter;
}

function badPattern(pattern: string, problem: string): SparkctlError {
  return new SparkctlError({
    code: 'bad-pattern',
    category: 'input',
    message: `The path ${pattern} is no pattern that Spark can read: ${problem}.`,
    hint: 'Put a \\ before a letter of * ? [ ] { } that stands for itself.',
    details: { pattern },
  });
}
