import type { Emit, PhaseId, PhaseOutcome, PhaseResult, SparkctlEvent } from './event.ts';

/** The end of a phase: its value, what was found or decided, and the outcome where it is not simply done. */
export interface PhaseEnd<Value> {
  readonly value: Value;
  readonly result?: PhaseResult;
  readonly outcome?: PhaseOutcome;
}

export type FinishedPhase = Omit<Extract<SparkctlEvent, { kind: 'phase-finished' }>, 'kind'>;

/** Does the work of a phase between its two events. `record` is told of its end, also of a bad one. */
export async function inPhase<Value>(
  emit: Emit,
  phase: PhaseId,
  work: () => Promise<PhaseEnd<Value>>,
  record: (finished: FinishedPhase) => Promise<void> = async () => {},
): Promise<Value> {
  emit({ kind: 'phase-started', phase });
  const began = performance.now();
  const finish = async (outcome: PhaseOutcome, result?: PhaseResult) => {
    const durationMs = Math.round(performance.now() - began);
    const finished = { phase, durationMs, outcome, ...(result && { result }) };
    emit({ kind: 'phase-finished', ...finished });
    await record(finished);
  };
  try {
    const { value, result, outcome = 'done' } = await work();
    await finish(outcome, result);
    return value;
  } catch (error) {
    // The first error counts; a record that cannot be written either must not hide it.
    await finish('failed').catch(() => undefined);
    throw error;
  }
}
