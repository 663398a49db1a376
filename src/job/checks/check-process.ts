import { answerQuestion } from '../../system/processes/ask-module.ts';
import { type CheckAnswer, type CheckRequest, checkResult } from './run-checks.ts';

/** The question that is asked of the process that checks a result. */
export type CheckQuestion = Omit<CheckRequest, 'signal' | 'onResult'>;
export type { CheckAnswer };

// A query runs inside one call of native code, which hears no signal: so this is a process that can be killed.
answerQuestion((question: CheckQuestion) => checkResult({ ...question, onResult: () => globalThis.gc?.() }));
