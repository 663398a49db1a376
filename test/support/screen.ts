import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { repository } from './sparkctl.ts';

/** A real terminal of a given size, and what a person sees in it. */
export interface Screen extends AsyncDisposable {
  /** The lines that are shown now, without those that are empty at the end. */
  lines(): Promise<readonly string[]>;
  /** Settles with the lines once one of them matches. */
  shows(pattern: RegExp, timeoutMs?: number): Promise<readonly string[]>;
  press(key: string): Promise<void>;
}

/** Starts sparkctl in a terminal of tmux; when it has ended, the screen says `exit` and its exit code. */
export async function onScreen(
  words: readonly string[],
  { columns, cwd }: { readonly columns: number; readonly cwd: string },
): Promise<Screen> {
  const socket = `sparkctl-test-${randomUUID()}`;
  const tmux = async (...rest: readonly string[]) => (await execa('tmux', ['-L', socket, ...rest])).stdout;
  const size = ['-x', String(columns), '-y', '40'];
  const program = [process.execPath, join(repository, 'bin/sparkctl.js'), ...words];
  const command = `${program.map((word) => `'${word}'`).join(' ')}; echo exit $?; sleep 600`;
  const variables = ['-e', 'CI=', '-e', 'NO_COLOR=', '-e', 'FORCE_COLOR='];
  await tmux('-f', '/dev/null', 'new-session', '-d', ...size, ...variables, '-c', cwd, command);
  const lines = async () => {
    // Lines that the terminal wraps are one.
    const shown = (await tmux('capture-pane', '-p', '-J')).split('\n').map((line) => line.trimEnd());
    return shown.slice(0, shown.findLastIndex((line) => line !== '') + 1);
  };
  return {
    lines,
    async shows(pattern, timeoutMs = 90_000) {
      let seen: readonly string[] = [];
      const found = await waitUntil(
        async () => {
          seen = await lines();
          return seen.some((line) => pattern.test(line)) || undefined;
        },
        { timeoutMs, intervalMs: 50 },
      );
      if (found === undefined) throw new Error(`no line is like ${pattern}:\n${seen.join('\n')}`);
      return seen;
    },
    press: async (key) => void (await tmux('send-keys', key)),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server').catch(() => {});
    },
  };
}
