import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeProgress, type ProgressKind } from '../../../src/cli/render/progress.ts';
import type { ApplicationState, SparkctlEvent } from '../../../src/system/event.ts';

/** The end of the sequence that takes lines away. */
const clearing = '\u001b[J';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const started: SparkctlEvent = { kind: 'phase-started', phase: 'submit' };

function working(state: Partial<ApplicationState> = {}): SparkctlEvent {
  const stage = { id: 3, name: 'collect at etl.py:45', tasks: 4, done: 1, failed: 0, remainingMs: 36_000 };
  const usual = { executors: 2, stages: [stage], stagesDone: 2, waits: false };
  return { kind: 'application-progress', ...usual, ...state };
}

async function rendered(kind: ProgressKind, columns = 80) {
  let text = '';
  const stderr = {
    write: (chunk: string | Uint8Array) => (text += String(chunk)),
    isTTY: kind === 'tty',
    columns,
  };
  const interrupted = new AbortController();
  const environment = { NO_COLOR: '1' };
  const progress = await makeProgress(kind, { stderr, environment }, interrupted.signal);
  const taken = () => {
    const all = text;
    text = '';
    return all;
  };
  return { progress, taken, interrupted };
}

it('in a log says now and then how far a long job is', async () => {
  const { progress, taken } = await rendered('plain');
  progress.show(started);
  progress.show(working());
  vi.advanceTimersByTime(29_000);
  progress.show(working());
  expect(taken()).toBe('');
  vi.advanceTimersByTime(2_000);
  progress.show(working());
  progress.show(working());
  expect(taken()).toBe(
    '· submit       stage 3 collect at etl.py:45: 1 of 4 tasks, about 36.0 s left; 2 executors\n',
  );
});

it('for a program is one JSON object a line, with numbers and words', async () => {
  const { progress, taken } = await rendered('json');
  progress.show(working({ stages: [], executors: 1 }));
  expect(JSON.parse(taken())).toEqual({
    kind: 'application-progress',
    executors: 1,
    stages: [],
    stagesDone: 2,
    waits: false,
    level: 'activity',
    text: '1 executor, 2 stages done',
  });
});

it('in a terminal draws a line for each stage below that of the phase, none wider than it', async () => {
  const { progress, taken } = await rendered('tty', 60);
  progress.show(started);
  taken();
  const wide = { id: 4, name: 'データを集める at 集計.py:12', tasks: 1200, done: 30, failed: 2 };
  progress.show(working({ stages: [wide, { ...wide, id: 5 }, { ...wide, id: 6 }, { ...wide, id: 7 }] }));
  const drawn = taken().split(clearing).at(-1)?.split('\n') ?? [];
  expect(drawn).toEqual([
    expect.stringMatching(/^. submit +0\.0 s {2}2 executors, 2 stages done$/),
    expect.stringMatching(/^ {2}stage 4 +━─{19} 30 of 1,200 tasks, 2 /),
    expect.stringMatching(/^ {2}stage 5 /),
    expect.stringMatching(/^ {2}stage 6 /),
    expect.stringMatching(/and 1 more stage$/),
  ]);
  for (const line of drawn) expect(line.replace(/[\u3000-\uffef]/g, 'xx').length).toBeLessThan(60);
  // The next drawing goes back to the first of these lines.
  vi.advanceTimersByTime(100);
  expect(taken().startsWith('\r\u001b[4A\u001b[J')).toBe(true);
});

it('in a terminal takes its lines away before anything else is written', async () => {
  const { progress, taken, interrupted } = await rendered('tty');
  progress.show(started);
  progress.show(working());
  taken();
  progress.print({ write: () => expect(taken()).toBe('\r\u001b[1A\u001b[J') }, 'words of the script\n');
  taken();
  interrupted.abort();
  expect(taken()).toBe('\r\u001b[1A\u001b[J');
  progress[Symbol.dispose]();
  expect(taken()).toBe('');
});

it('says that no worker takes the tasks', async () => {
  const { progress, taken } = await rendered('tty');
  progress.show(started);
  progress.show(working({ waits: true, stages: [{ id: 0, name: '', tasks: 2, done: 0, failed: 0 }] }));
  expect(taken()).toContain('waiting for workers with free cores and memory');
});
