import { execa } from 'execa';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { markVariable } from './process-mark.ts';

interface AskOptions {
  /** Recorded before the call, see process-mark.ts. */
  readonly mark: string;
  readonly signal: AbortSignal;
}

/** The answer of a module that works in a process of its own: what it returned, or what it threw. */
type Reply<Answer> = { readonly answer: Answer } | { readonly failure: Failure };

type Failure = ConstructorParameters<typeof SparkctlError>[0] | { readonly defect: string };

/**
 * Lets a module of this package work in a process of its own, which is killed as soon as the signal aborts: for work
 * inside native code, which reacts to no signal. Question and answer are data; an error there is thrown here. The module may
 * call `gc()`.
 */
export async function askModule<Question, Answer>(
  path: string,
  question: Question,
  { mark, signal }: AskOptions,
): Promise<Answer> {
  signal.throwIfAborted();
  const subprocess = execa(process.execPath, ['--expose-gc', path], {
    ipc: true,
    env: { [markVariable]: mark },
    stdin: 'ignore',
    stdout: 'ignore',
    // A Ctrl-C in the terminal is for sparkctl, which ends it.
    detached: true,
    cancelSignal: signal,
    killSignal: 'SIGKILL',
    reject: false,
  });
  // It may end before it has listened; how it ended is asked below.
  subprocess.sendMessage(question as Parameters<typeof subprocess.sendMessage>[0]).catch(() => {});
  const { ipcOutput, shortMessage, stderr } = await subprocess;
  signal.throwIfAborted();
  const reply = ipcOutput?.at(-1) as Reply<Answer> | undefined;
  if (reply !== undefined && 'answer' in reply) return reply.answer;
  if (reply !== undefined && !('defect' in reply.failure)) throw new SparkctlError(reply.failure);
  throw new Error(
    reply === undefined ? `${shortMessage}\n${stderr}` : (reply.failure as { defect: string }).defect,
  );
}

/** Is the other side of `askModule`: answers the one question, and lets the process end. */
export function answerQuestion<Question, Answer>(work: (question: Question) => Promise<Answer>): void {
  process.once('message', async (question: Question) => {
    const reply: Reply<Answer> = await work(question).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ failure: failureOf(error) }),
    );
    process.send?.(reply, () => process.disconnect());
  });
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof SparkctlError))
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { code, category, message, hint, details } = error;
  return { code, category, message, ...(hint !== undefined && { hint }), details };
}
