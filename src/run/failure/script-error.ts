import { basename, isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { printableRecord } from '../../system/errors/printable.ts';

/** The reason that a script itself gave for its failure. */
export interface ScriptError {
  /** The class of the exception, with its module where it was printed. */
  readonly type?: string | undefined;
  readonly message: string;
  /** The place in the person's own code: the last one of the traceback that is none of a library's. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** The calls in the person's own code that led there, the last of which failed. */
  readonly frames?: readonly OwnFrame[] | undefined;
}

/** A call in a traceback. */
export interface OwnFrame {
  readonly file: string;
  readonly line: number;
  readonly function?: string | undefined;
  /** The line itself. */
  readonly code?: string | undefined;
}

interface Script {
  /** As the record has it. */
  readonly path: string;
  readonly project: string;
}

const longestMessage = 600;

/** Finds why a script failed in the last that it printed: an uncaught exception, or the last line that it began with its own name. */
export function findScriptError(printed: string, script: Script): ScriptError | undefined {
  const lines = stripVTControlCharacters(printed).split(/\r?\n/);
  const found =
    pythonException(lines, script) ?? syntaxError(lines) ?? javaException(lines) ?? ownWords(lines, script);
  // What is left of what a terminal would obey is shown.
  return found && printableRecord({ ...found, message: shorten(found.message) });
}

/** The traceback of a person's own code as Python writes it, without the calls inside libraries; the line that failed is marked. */
export function ownTraceback({ frames = [], type, message }: ScriptError): readonly TracebackLine[] {
  const calls = frames.flatMap(({ file, line, function: name, code }, index): TracebackLine[] => {
    const failed = index === frames.length - 1;
    const where = `${file}, line ${line}${name === undefined ? '' : `, in ${name}`}`;
    return [
      { text: `${failed ? '> ' : '  '}${where}`, failed },
      ...(code === undefined ? [] : [{ text: `      ${code}`, failed }]),
    ];
  });
  return calls.length === 0
    ? []
    : [...calls, { text: `  ${scriptErrorLine({ message, ...(type && { type }) })}`, failed: true }];
}

export interface TracebackLine {
  readonly text: string;
  readonly failed: boolean;
}

/** `ValueError: no such city (jobs/etl.py, line 12)`. */
export function scriptErrorLine({ type, message, file, line }: ScriptError): string {
  const name = type?.split('.').at(-1);
  const what = name === undefined ? message : message === '' ? name : `${name}: ${message}`;
  return file === undefined ? what : `${what} (${file}, line ${line})`;
}

/** The first line of a traceback. Those of an exception group are drawn as a tree. */
const beginning = /^([\s|+]*)(?:Exception Group )?Traceback \(most recent call last\):$/;
const frame = /^\s*File "(.+)", line (\d+)(?:, in (.{1,200}))?/;
const exception = /^([A-Za-z_][\w.]*)(?:: ?(.*))?$/;

interface Traceback {
  readonly frames: readonly OwnFrame[];
  readonly type: string;
  readonly message: string;
}

/** More calls than these, as of a function that calls itself without end, are left out in the middle. */
const mostFrames = 12;

/** Of exceptions in a chain the last counts; what Spark repeats of a Python worker's stands behind its own. */
function pythonException(lines: readonly string[], script: Script): ScriptError | undefined {
  const tracebacks = lines.flatMap((line, index) => {
    const found = beginning.exec(line);
    const traceback = found === null ? undefined : readTraceback(lines, index + 1, found[1] ?? '');
    return traceback === undefined ? [] : [traceback];
  });
  const last = tracebacks.at(-1);
  if (last === undefined) return undefined;
  const own = tracebacks.flatMap(({ frames }) => frames).filter(({ file }) => isOwn(file, script));
  const named = own.map((each) => ({ ...each, file: near(each.file, script) }));
  // Spark repeats the place in a function of an executor at the end of the driver's own calls.
  const calls = named.filter(({ file, line }, index) => {
    const next = named[index + 1];
    return next === undefined || next.file !== file || next.line !== line;
  });
  const place = calls.at(-1);
  const frames = calls.length <= mostFrames ? calls : [...calls.slice(0, 3), ...calls.slice(3 - mostFrames)];
  return {
    type: last.type,
    message: last.message,
    ...(place && { file: place.file, line: place.line, frames }),
  };
}

function readTraceback(lines: readonly string[], from: number, margin: string): Traceback | undefined {
  const width = margin.replace('+', ' ').length;
  const text = (line: string) => line.slice(width);
  const frames: OwnFrame[] = [];
  for (let index = from; index < lines.length; index++) {
    const line = text(lines[index] ?? '');
    const found = frame.exec(line);
    if (found !== null) {
      const code = text(lines[index + 1] ?? '');
      frames.push({
        file: found[1] ?? '',
        line: Number(found[2]),
        ...(found[3] !== undefined && { function: found[3] }),
        ...(/^ {4}\s*[^\s~^]/.test(code) && !frame.test(code) && { code: shorten(code.trim()) }),
      });
      continue;
    }
    if (line.startsWith(' ')) continue;
    const named = exception.exec(line);
    if (named === null) return undefined;
    const message = messageFrom(named[2] ?? '', lines.slice(index + 1).map(text));
    return { frames, type: named[1] ?? '', message };
  }
  return undefined;
}

/** The first line of a message says it, unless it is empty. Of a Java exception that Python passes on, the first and the deepest say it. */
function messageFrom(first: string, after: readonly string[]): string {
  const said = first === '' ? (after.find((line) => line.trim() !== '') ?? '').trim() : first;
  if (first === '' && beginning.test(said)) return '';
  const [next = ''] = after;
  if (!next.startsWith(': ')) return said;
  const cause = after.filter((line) => line.startsWith('Caused by: ')).at(-1);
  return [said, next.slice(2), ...(cause === undefined ? [] : [cause])].join(' ');
}

/** Finds a syntax error: Python reports one without a traceback. */
function syntaxError(lines: readonly string[]): ScriptError | undefined {
  const at = lines.findLastIndex((line) => /^(?:SyntaxError|IndentationError|TabError): /.test(line));
  const place = lines.slice(Math.max(0, at - 6), Math.max(0, at)).findLast((line) => frame.test(line));
  const [, file, line] = frame.exec(place ?? '') ?? [];
  if (at < 0 || file === undefined) return undefined;
  const [, type = '', message = ''] = exception.exec(lines[at] ?? '') ?? [];
  return { type, message, file: basename(file), line: Number(line) };
}

function javaException(lines: readonly string[]): ScriptError | undefined {
  const at = lines.findLastIndex((line) => /^Exception in thread "main" [\w.$]+/.test(line));
  const [, type, message = ''] =
    /^Exception in thread "main" ([\w.$]+)(?:: (.*))?$/.exec(lines[at] ?? '') ?? [];
  if (type === undefined) return undefined;
  const library = /^\s*at (?:java|javax|jdk|sun|scala|org\.apache)\./;
  const own = lines.slice(at + 1).find((line) => /^\s*at /.test(line) && !library.test(line));
  const [, file, line] = /\(([\w$-]+\.\w+):(\d+)\)\s*$/.exec(own ?? '') ?? [];
  return { type, message, ...(file !== undefined && { file, line: Number(line) }) };
}

/** Jobs say `etl: why` and argparse says `etl.py: error: why` in their last line. */
function ownWords(lines: readonly string[], { path }: Script): ScriptError | undefined {
  const last = lines.findLast((line) => line.trim() !== '') ?? '';
  const name = basename(path);
  const stem = name.replace(/\.[^.]*$/, '');
  for (const start of [`${name}: error: `, `${name}: `, `${stem}: `])
    if (last.startsWith(start)) return { message: last.slice(start.length) };
  return undefined;
}

/** Neither a library's nor Spark's nor Python's own. */
function isOwn(file: string, { path, project }: Script): boolean {
  if (file === path) return true;
  if (/\/(?:site|dist)-packages\/|\/lib\/python|\/pyspark\/|\/sparkctl_io\/|^</.test(file)) return false;
  const inside = relative(project, file);
  return !inside.startsWith('..') && !isAbsolute(inside);
}

function near(file: string, { project }: Script): string {
  const short = relative(project, file);
  return short.startsWith('..') || !isAbsolute(file) ? file : short;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > longestMessage ? `${characters.slice(0, longestMessage).join('')}…` : text;
}
