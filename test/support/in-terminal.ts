import { join } from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { repository } from './sparkctl.ts';

export interface InTerminal {
  /** Settles once it has printed a text. */
  printed(text: string): Promise<void>;
  /** Closes the terminal, as a person closes its window. */
  close(): void;
  /** The exit code; -n where signal n ended it. */
  readonly exitCode: Promise<number>;
}

/** Starts sparkctl in a terminal. Where it is the controlling one, closing it sends SIGHUP; otherwise writing fails, and that is all. */
export function inTerminal(kind: 'controlling' | 'plain', words: readonly string[], cwd: string): InTerminal {
  const python = process.env['SPARKCTL_PYTHON'] ?? 'python3';
  const program = [process.execPath, join(repository, 'bin/sparkctl.js')];
  const running = execa(python, [join(import.meta.dirname, 'terminal.py'), kind, ...program, ...words], {
    cwd,
    env: { NO_COLOR: '1', TERM: 'dumb' },
    reject: false,
  });
  let printed = '';
  running.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  return {
    printed: async (text) => {
      const over = () => (printed.includes(text) || running.exitCode !== null ? true : undefined);
      await waitUntil(over, { timeoutMs: 120_000 });
      if (!printed.includes(text)) throw new Error(`"${text}" was never printed, but: ${printed}`);
    },
    close: () => running.stdin.write('\n'),
    exitCode: (async () => {
      const { stdout, stderr } = await running;
      const found = /exit (-?\d+)$/.exec(stdout)?.[1];
      if (found === undefined) throw new Error(`no exit code: ${stdout}${stderr}`);
      return Number(found);
    })(),
  };
}
