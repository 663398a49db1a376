import type { Redactor } from '../spark/submission/redact.ts';
import type { Emit } from '../system/event.ts';
import { collectGarbage } from '../system/processes/collect-garbage.ts';
import type { RunPhase, RunRecord } from './run-record.ts';
import { writeRun } from './run-store.ts';

/** The result of a phase, one clause about it, and its outcome where it is not simply done. */
export type PhaseEnd<Result> = [result: Result, summary: string, outcome?: RunPhase['outcome']];

/** Keeps the record of a run up to date on disk, without secrets, and tells of its phases. */
export class RunJournal {
  #record: RunRecord;
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  readonly #beganAt = performance.now();

  constructor(record: RunRecord, emit: Emit, redactor: Redactor) {
    this.#record = record;
    this.#emit = emit;
    this.#redactor = redactor;
  }

  get record(): RunRecord {
    return this.#record;
  }

  async update(changes: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...this.#redactor.everywhere(changes) };
    await writeRun(this.#record);
  }

  /** Does one phase of the run. */
  async phase<Result>(id: string, title: string, work: () => Promise<PhaseEnd<Result>>): Promise<Result> {
    this.#emit({ kind: 'phase-started', id, title });
    const began = performance.now();
    const finish = async (outcome: RunPhase['outcome'], summary?: string) => {
      const phase = {
        id,
        title,
        durationMs: Math.round(performance.now() - began),
        outcome,
        ...(summary && { summary }),
      };
      this.#emit({ kind: 'phase-finished', ...phase });
      await this.update({ phases: [...this.#record.phases, phase] });
      collectGarbage();
    };
    try {
      const [result, summary, outcome = 'done'] = await work();
      await finish(outcome, summary);
      return result;
    } catch (error) {
      // The first error counts; a record that cannot be written either must not hide it.
      await finish('failed').catch(() => undefined);
      throw error;
    }
  }

  /** Writes the last state of the run. */
  async finish(changes: Partial<RunRecord>): Promise<RunRecord> {
    const durationMs = Math.round(performance.now() - this.#beganAt);
    await this.update({ ...changes, finishedAt: new Date().toISOString(), durationMs });
    return this.#record;
  }
}
