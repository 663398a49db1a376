import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { parseJson } from '../../../system/files/read-json.ts';

const message = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  progress: z.string().optional(),
});

/** How many lines of a failed step are shown. */
const shownLines = 15;

/** Follows what the daemon says while it builds or pulls: one line of activity at a time, and the failing step at the end. */
export interface BuildLog {
  /** Takes what came from the daemon; returns the lines to show. */
  take(chunk: string): readonly string[];
  /** The failure, with the step it happened in and the last lines before it. */
  failure(): { readonly step: string; readonly error: string; readonly lines: readonly string[] } | undefined;
}

export function buildLog(): BuildLog {
  let rest = '';
  let partial = '';
  let step = '';
  let error: string | undefined;
  let lines: string[] = [];

  const takeText = (text: string): readonly string[] => {
    const complete = (partial + text).split(/\r?\n/);
    partial = complete.pop() ?? '';
    // What a program wrote over again on the same line is no line of its own.
    const shown = complete.map((line) => line.trimEnd().split('\r').at(-1) ?? '');
    return shown
      .map((line) => stripVTControlCharacters(line))
      .filter(isTelling)
      .map(remember);
  };
  const remember = (line: string): string => {
    if (/^Step \d+\/\d+ : /.test(line)) {
      step = line;
      lines = [];
    } else {
      lines = [...lines, line].slice(-shownLines);
    }
    return line;
  };
  const takeMessage = (json: string): readonly string[] => {
    const parsed = parseJson(json, message);
    if (parsed.kind === 'damaged') return [];
    const { stream, status, id, error: problem, progress } = parsed.value;
    if (problem !== undefined) error = problem;
    if (stream !== undefined) return takeText(stream);
    return status === undefined ? [] : [[id, status, progress].filter(Boolean).join(' ')];
  };
  return {
    take(chunk) {
      const complete = (rest + chunk).split(/\r?\n/);
      rest = complete.pop() ?? '';
      return complete.flatMap(takeMessage);
    },
    failure() {
      const last = takeMessage(rest);
      rest = '';
      if (partial !== '') takeText('\n');
      return error === undefined ? undefined : { step, error, lines: [...lines, ...last].slice(-shownLines) };
    },
  };
}

/** The daemon's own housekeeping tells a person nothing. */
function isTelling(line: string): boolean {
  return line !== '' && !/^ ---> |^Removing intermediate container /.test(line);
}
