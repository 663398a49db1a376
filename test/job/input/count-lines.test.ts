import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countLines } from '../../../src/job/input/count-lines.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

async function linesOf(content: string | Uint8Array): Promise<number> {
  const path = join(temporaryFolder(), 'some.jsonl');
  writeFileSync(path, content);
  return await countLines(path);
}

const megabyte = 'x'.repeat(1 << 20);

test.each<[string, string | Uint8Array, number]>([
  ['nothing', '', 0],
  ['one line', 'a\n', 1],
  ['a last line without an end', 'a\nb', 2],
  ['Windows line ends', 'a\r\nb\r\n', 2],
  ['blank lines', '\n \n\t\r\n\v\f\na\n\n', 1],
  ['a byte order mark before a line', '\uFEFFa\nb\n', 2],
  ['a byte order mark before a blank line', '\uFEFF\r\nb\n', 1],
  ['a byte order mark alone', '\uFEFF', 0],
  ['white space beyond ASCII', '\u00a0\n\u1680\u2003 \u3000\r\n\u2028\n\u205f\n', 0],
  ['what only begins like white space', '\u00a1\n\u2010\n \u202f\u202e\n', 3],
  ['half a white space', Uint8Array.from([0xc2, 10, 0xe2, 0x80, 10, 0xe2, 0x20, 10, 0xe1, 0x9a]), 4],
  ['a white space torn apart by another', Uint8Array.from([0xe2, 0x20, 0x80, 0x80]), 1],
  ['wide white space across the edge of a piece', `${' '.repeat((1 << 18) - 1)}\u3000\u3000\na`, 1],
  ['invalid UTF-8 and NUL', Uint8Array.from([0xff, 10, 0, 10, 0xef, 10]), 3],
  ['lines that begin with white space', '  a\n\tb\n', 2],
  ['lines longer than a piece', `${megabyte}\n${megabyte}\n\n${megabyte}`, 3],
  ['white space longer than a piece', `${' '.repeat(1 << 20)}\n${' '.repeat(1 << 20)}a\n`, 1],
  ['line ends at the edge of a piece', `${'x'.repeat((1 << 18) - 1)}\n${'y'.repeat(1 << 18)}\n`, 2],
])('%s', async (_what, content, lines) => {
  expect(await linesOf(content)).toBe(lines);
});

test('an input that is not there', async () => {
  const path = join(temporaryFolder(), 'missing.jsonl');
  await expect(countLines(path)).rejects.toMatchObject({
    category: 'input',
    message: `The input ${path} cannot be read: ENOENT: no such file or directory, open '${path}'.`,
    hint: 'Correct the path of the input, or give yourself permission to read it.',
  });
});

test('an aborted count ends', async () => {
  const path = join(temporaryFolder(), 'some.jsonl');
  writeFileSync(path, 'a\n');
  await expect(countLines(path, AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C');
});
