import { styleText } from 'node:util';
import { describePhase, titleOfPhase } from '../../system/describe-phase.ts';
import { printableJson, printableRecord } from '../../system/errors/printable.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import type { TextSink } from '../cli-host.ts';
import { describeApplication, describeResources, stageLines } from './application-lines.ts';
import { eventWords } from './event-words.ts';
import { formatDuration } from './format.ts';
import { LiveLines } from './live-lines.ts';

export const progressKinds = ['auto', 'tty', 'plain', 'json', 'quiet'] as const;
export type ProgressKind = (typeof progressKinds)[number];

/** Shows events as they come. Everything else that is printed meanwhile goes through `print`, so that the two do not mix in one line. */
export interface Progress extends Disposable {
  show(event: SparkctlEvent): void;
  print(sink: TextSink, chunk: string | Uint8Array): void;
}

type Style = Parameters<typeof styleText>[0];

interface Audience {
  readonly stderr: TextSink;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Makes the renderer for an audience: a terminal, a log file, a program, or none. When the signal aborts, what moves is taken away. */
export function makeProgress(kind: ProgressKind, audience: Audience, signal: AbortSignal): Progress {
  const progress = progressOf(kind, audience, signal);
  // A program gets JSON, which has escapes of its own.
  return kind === 'json' ? progress : { ...progress, show: (event) => progress.show(printableRecord(event)) };
}

function progressOf(kind: ProgressKind, audience: Audience, signal: AbortSignal): Progress {
  const { stderr, environment } = audience;
  switch (kind) {
    case 'auto': {
      const terminal = stderr.isTTY === true && !environment['CI'] && environment['TERM'] !== 'dumb';
      return progressOf(terminal ? 'tty' : 'plain', audience, signal);
    }
    case 'tty':
      return ttyProgress(stderr, paint(stderr, environment), signal);
    case 'plain':
      return plainProgress(stderr, paint(stderr, environment));
    case 'json':
      return {
        ...silence,
        show: (event) => stderr.write(`${printableJson({ ...event, ...eventWords(event) })}\n`),
      };
    case 'quiet':
      return {
        ...silence,
        show: (event) => {
          const words = eventWords(event);
          if (words?.level === 'warning') stderr.write(`sparkctl: ${words.text}\n`);
        },
      };
  }
}

/** Shows nothing. */
export const silence: Progress = {
  show() {},
  print: (sink, chunk) => sink.write(chunk),
  [Symbol.dispose]() {},
};

/** Colours text where stderr is a terminal, unless NO_COLOR is set; always with FORCE_COLOR. */
export function paint(
  stderr: TextSink,
  environment: Readonly<Record<string, string | undefined>>,
): (style: Style, text: string) => string {
  const forced = environment['FORCE_COLOR'] !== undefined && environment['FORCE_COLOR'] !== '0';
  const wanted = forced || (stderr.isTTY === true && !environment['NO_COLOR']);
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}

/** The line of an event that stays, with the same columns in every kind of progress. */
function lineOf(event: SparkctlEvent, color: ReturnType<typeof paint>): string | undefined {
  if (event.kind === 'phase-finished') {
    const marks = { done: color('green', '✓'), failed: color('red', '✗'), skipped: color('gray', '-') };
    const summary = event.result ? describePhase(event.result) : event.outcome === 'failed' ? 'failed' : '';
    const title = titleOfPhase(event.phase).padEnd(13);
    return `${marks[event.outcome]} ${title}${summary} ${color('gray', `(${formatDuration(event.durationMs)})`)}\n`;
  }
  const words = eventWords(event);
  if (words === undefined || words.level === 'activity') return undefined;
  return `${words.level === 'note' ? color('cyan', 'i') : color('yellow', '!')} ${words.text}\n`;
}

/** As often as a log of a long job should say how far it is. */
const plainEveryMs = 30_000;

/** Lines that stay, for a log: of a long job, now and then how far it is. */
function plainProgress(stderr: TextSink, color: ReturnType<typeof paint>): Progress {
  let toldAt = performance.now();
  return {
    ...silence,
    show: (event) => {
      const now = performance.now();
      if (event.kind === 'phase-started') toldAt = now;
      const isDue = event.kind === 'application-progress' && now - toldAt >= plainEveryMs;
      const line = isDue
        ? `${color('cyan', '·')} ${titleOfPhase('submit').padEnd(13)}${describeApplication(event)}\n`
        : lineOf(event, color);
      if (line === undefined) return;
      if (isDue) toldAt = now;
      stderr.write(line);
    },
  };
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** Like plain progress, with moving lines below it for what is going on now. */
function ttyProgress(stderr: TextSink, color: ReturnType<typeof paint>, signal: AbortSignal): Progress {
  let current: { title: string; beganAt: number; activity: string; stages: readonly string[] } | undefined;
  let frame = 0;
  let atLineStart = true;
  const live = new LiveLines(stderr);
  const draw = () => {
    // A script that printed half a line is left alone until it ends the line.
    if (current === undefined || !atLineStart) return;
    const { title, beganAt, activity, stages } = current;
    const elapsed = color('gray', formatDuration(performance.now() - beganAt).padStart(8));
    const moving = color('cyan', frames[frame % frames.length] ?? '');
    live.draw([`${moving} ${title.padEnd(13)}${elapsed}  ${activity}`, ...stages]);
  };
  const timer = setInterval(() => {
    frame++;
    draw();
  }, frameMs);
  timer.unref();
  // What is said then is said below, and stays.
  const onAbort = () => live.clear();
  signal.addEventListener('abort', onAbort);
  return {
    show(event) {
      if (event.kind === 'phase-started')
        current = {
          title: titleOfPhase(event.phase),
          beganAt: performance.now(),
          activity: event.phase === 'submit' ? 'starting the driver' : '',
          stages: [],
        };
      const words = eventWords(event);
      if (words?.level === 'activity' && current !== undefined) current.activity = words.text;
      if (event.kind === 'application-progress' && current !== undefined) {
        current.activity = describeResources(event);
        current.stages = stageLines(event, color);
      }
      if (event.kind === 'phase-finished') current = undefined;
      const line = lineOf(event, color);
      live.clear();
      if (line !== undefined) stderr.write(atLineStart ? line : `\n${line}`);
      if (line !== undefined) atLineStart = true;
      draw();
    },
    print(sink, chunk) {
      live.clear();
      sink.write(chunk);
      const last = typeof chunk === 'string' ? chunk.at(-1) : String.fromCharCode(chunk.at(-1) ?? 10);
      if (sink.isTTY) atLineStart = last === '\n' || last === undefined;
      draw();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      live.clear();
    },
  };
}
