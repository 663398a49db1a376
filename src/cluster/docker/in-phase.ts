import type { Emit } from '../../system/event.ts';

/** Runs one phase of a command between its two events. `summary` says in a clause what was found or decided. */
export async function inPhase<Answer>(
  emit: Emit,
  phase: { readonly id: string; readonly title: string },
  run: () => Promise<{ readonly answer: Answer; readonly summary?: string }>,
): Promise<Answer> {
  const startedAt = performance.now();
  const finished = (outcome: 'done' | 'failed', summary?: string) =>
    emit({
      kind: 'phase-finished',
      ...phase,
      durationMs: performance.now() - startedAt,
      outcome,
      ...(summary === undefined ? {} : { summary }),
    });
  emit({ kind: 'phase-started', ...phase });
  try {
    const { answer, summary } = await run();
    finished('done', summary);
    return answer;
  } catch (error) {
    finished('failed');
    throw error;
  }
}
