import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startProgram, type TakeOutput } from '../../../src/system/processes/start-program.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';

function start(script: string, onStdout: TakeOutput) {
  const mark = randomUUID();
  return startProgram({
    file: 'sh',
    args: ['-c', script],
    environment: process.env,
    workingFolder: process.cwd(),
    mark,
    onStdout,
    onStderr: () => {},
  });
}

describe('what a program prints', () => {
  it('is taken piece by piece: who takes slowly holds the program back, and gets all of it', async () => {
    let pieces = 0;
    let bytes = 0;
    let goOn: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const program = start('head -c 50000000 /dev/zero', async (chunk) => {
      pieces += 1;
      await held;
      bytes += chunk.length;
    });
    await waitUntil(() => (pieces > 0 ? true : undefined), { timeoutMs: 5_000 });
    // Longer than it would be waited for a silent one: the program cannot end, and nothing piles up here.
    const ended = await Promise.race([program.exited, waitUntil(() => undefined, { timeoutMs: 3_000 })]);
    expect(ended).toBeUndefined();
    expect(pieces).toBe(1);
    goOn();
    expect(await program.exited).toMatchObject({ exitCode: 0, outputIsHeld: false });
    expect(bytes).toBe(50_000_000);
  });

  it('is all there when the program has ended, however slowly the last of it is taken', async () => {
    let bytes = 0;
    const program = start('head -c 150000 /dev/zero', async (chunk) => {
      await waitUntil(() => undefined, { timeoutMs: 1_000 });
      bytes += chunk.length;
    });
    expect(await program.exited).toMatchObject({ exitCode: 0, outputIsHeld: false });
    expect(bytes).toBe(150_000);
  });

  it.each([
    ['is silent', 'sleep 600'],
    ['prints for ever', 'yes'],
  ])(
    'is not waited for when a process without the mark holds it and %s',
    { timeout: 30_000 },
    async (_, command) => {
      let printed = '';
      // The other says its id before it begins, and the script ends only once the other has lost the mark.
      const script = `sh -c 'echo "$$ "; exec env -u SPARKCTL_MARK ${command}' & while grep -q SPARKCTL_MARK /proc/$!/environ; do :; done; exit 3`;
      const program = start(script, (chunk) => {
        if (printed.length < 1_000) printed += Buffer.from(chunk).toString();
      });
      try {
        const exit = await Promise.race([program.exited, waitUntil(() => undefined, { timeoutMs: 10_000 })]);
        expect(exit).toMatchObject({ exitCode: 3, outputIsHeld: true });
      } finally {
        process.kill(Number(/\d+/.exec(printed)?.[0]));
      }
    },
  );
});
