import { describePhase, titleOfPhase } from '../../system/describe-phase.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import { eventWords } from './event-words.ts';
import { formatDuration } from './format.ts';
import type { paint } from './paint.ts';

/** The line of an event that stays, with the same columns in every kind of progress. */
export function lineOf(event: SparkctlEvent, color: ReturnType<typeof paint>): string | undefined {
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
