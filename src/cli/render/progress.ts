import { titleOfPhase } from '../../system/describe-phase.ts';
import { printableJson, printableRecord } from '../../system/errors/printable.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import type { TextSink } from '../cli-host.ts';
import { describeApplication } from './application-lines.ts';
import { lineOf } from './event-line.ts';
import { eventWords } from './event-words.ts';
import { paint } from './paint.ts';

export const progressKinds = ['auto', 'tty', 'plain', 'json', 'quiet'] as const;
export type ProgressKind = (typeof progressKinds)[number];

/** Shows events as they come. Everything else that is printed meanwhile goes through `print`, so that the two do not mix in one line. */
export interface Progress extends Disposable {
  show(event: SparkctlEvent): void;
  print(sink: TextSink, chunk: string | Uint8Array): void;
}

interface Audience {
  readonly stderr: TextSink;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Makes the renderer for an audience: a terminal, a log file, a program, or none. When the signal aborts, what moves is taken away. */
export async function makeProgress(
  kind: ProgressKind,
  audience: Audience,
  signal: AbortSignal,
): Promise<Progress> {
  const progress = await progressOf(kind, audience, signal);
  // A program gets JSON, which has escapes of its own.
  return kind === 'json' ? progress : { ...progress, show: (event) => progress.show(printableRecord(event)) };
}

async function progressOf(kind: ProgressKind, audience: Audience, signal: AbortSignal): Promise<Progress> {
  const { stderr, environment } = audience;
  switch (kind) {
    case 'auto': {
      const terminal = stderr.isTTY === true && !environment['CI'] && environment['TERM'] !== 'dumb';
      return progressOf(terminal ? 'tty' : 'plain', audience, signal);
    }
    case 'tty': {
      const { ttyProgress } = await import('./tty-progress.ts');
      return ttyProgress(stderr, paint(stderr, environment), signal);
    }
    case 'plain':
      return plainProgress(stderr, paint(stderr, environment));
    case 'json':
      return {
        ...silence,
        show: (event) => stderr.write(`${printableJson({ ...event, ...eventWords(event) })}\n`),
      };
    case 'quiet':
      return quietProgress(stderr);
  }
}

/** Shows warnings alone. */
export function quietProgress(stderr: TextSink): Progress {
  return {
    ...silence,
    show: (event) => {
      const words = eventWords(printableRecord(event));
      if (words?.level === 'warning') stderr.write(`sparkctl: ${words.text}\n`);
    },
  };
}

/** Shows nothing. */
export const silence: Progress = {
  show() {},
  print: (sink, chunk) => sink.write(chunk),
  [Symbol.dispose]() {},
};

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
