import type { Redactor } from '../../spark/redact.ts';
import { describePhase, titleOfPhase } from '../../system/describe-phase.ts';
import type { Emit, PhaseId } from '../../system/event.ts';
import { inPhase, type PhaseEnd } from '../../system/phase.ts';
import type { RunRecord } from './run-record.ts';
import { writeRun } from './run-store.ts';

/** Keeps the record of a run up to date on disk, without secrets, and tells of its phases. */
export class RunJournal {
  #record: RunRecord;
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  readonly #beganAt: number;
  /** The time that another process has given to the phase that comes first here. */
  #earlierMs: number;

  /** `earlierMs` is the age of a run that is taken up. */
  constructor(record: RunRecord, emit: Emit, redactor: Redactor, earlierMs = 0) {
    this.#beganAt = performance.now() - earlierMs;
    this.#earlierMs = Math.max(
      0,
      record.phases.reduce((left, { durationMs }) => left - durationMs, earlierMs),
    );
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
  async phase<Value>(phase: PhaseId, work: () => Promise<PhaseEnd<Value>>): Promise<Value> {
    return await inPhase(this.#emit, phase, work, async ({ durationMs, outcome, result }) => {
      const summary = result && describePhase(result);
      const ended = {
        id: phase,
        title: titleOfPhase(phase),
        durationMs: durationMs + Math.round(this.#earlierMs),
        outcome,
        ...(summary && { summary }),
      };
      this.#earlierMs = 0;
      await this.update({ phases: [...this.#record.phases, ended] });
    });
  }

  /** Writes the last state of the run. */
  async finish(changes: Partial<RunRecord>): Promise<RunRecord> {
    const durationMs = Math.round(performance.now() - this.#beganAt);
    await this.update({ ...changes, finishedAt: new Date().toISOString(), durationMs });
    return this.#record;
  }
}
