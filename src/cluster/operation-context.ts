import type { BackendContext } from './backend.ts';

/** What every operation is handed; nothing is read from globals, so that a test or a program can hand in its own. */
export type OperationContext = BackendContext;
