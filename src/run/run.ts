import type { OperationContext } from '../cluster/operation-context.ts';
import type { Redactor } from '../spark/redact.ts';
import type { Claims } from '../system/locks/claims.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';
import type { RunJournal } from './record/run-journal.ts';

/** The surroundings of one run while it is executed, shared by its steps. */
export interface Run {
  readonly id: string;
  /** The run's folder, absolute. */
  readonly folder: string;
  readonly journal: RunJournal;
  readonly claims: Claims;
  /** Blanks the secrets of the submission in whatever is printed or kept. */
  readonly redactor: Redactor;
  /** Its signal aborts at Ctrl-C, a timeout, and when another command stops the run. */
  readonly context: OperationContext;
  readonly onStdout?: TakeOutput | undefined;
  readonly onStderr?: TakeOutput | undefined;
}
