import { resolve } from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../src/system/processes/wait-until.ts';

export const repository = resolve(import.meta.dirname, '../..');
const program = resolve(repository, 'bin/sparkctl.js');

interface SparkctlOptions {
  readonly cwd: string;
  /** Variables to set; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The words of a program that starts it, such as one that makes namespaces. */
  readonly within?: readonly string[];
}

export interface SparkctlResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command line in a process of its own. */
export function startSparkctl(words: readonly string[], { cwd, env = {}, within = [] }: SparkctlOptions) {
  const [file = '', ...args] = [...within, process.execPath, program, ...words];
  return execa(file, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
}

/** Runs the real command line to its end. */
export async function sparkctl(words: readonly string[], options: SparkctlOptions): Promise<SparkctlResult> {
  const { exitCode, stdout, stderr } = await startSparkctl(words, options);
  return { exitCode, stdout, stderr };
}

/** Starts the command line and waits until its script has printed a text; says what came instead when it does not. */
export async function startedUntilPrinted(words: readonly string[], options: SparkctlOptions, text: string) {
  const running = startSparkctl(words, options);
  let printed = '';
  running.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const over = () => (printed.includes(text) || running.exitCode !== null ? true : undefined);
  await waitUntil(over, { timeoutMs: 120_000 });
  if (!printed.includes(text)) {
    running.kill();
    throw new Error(`"${text}" was never printed: ${(await running).stderr}`);
  }
  // A subprocess is a promise of its end, so it is handed over in an object.
  return { running };
}
