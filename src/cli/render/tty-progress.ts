import { titleOfPhase } from '../../system/describe-phase.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import type { TextSink } from '../cli-host.ts';
import { describeResources, stageLines } from './application-lines.ts';
import { lineOf } from './event-line.ts';
import { eventWords } from './event-words.ts';
import { formatDuration } from './format.ts';
import { LiveLines } from './live-lines.ts';
import type { paint } from './paint.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** Like plain progress, with moving lines below it for what is going on now. */
export function ttyProgress(stderr: TextSink, color: ReturnType<typeof paint>, signal: AbortSignal) {
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
    show(event: SparkctlEvent) {
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
    print(sink: TextSink, chunk: string | Uint8Array) {
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
