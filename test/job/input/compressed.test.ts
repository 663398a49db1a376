import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { bunzip2 } from '../../../src/job/input/bzip2.ts';
import { countLines, countRecords } from '../../../src/job/input/count-lines.ts';
import { mustBeCountable } from '../../../src/job/input/decompress.ts';
import { formatOfPath } from '../../../src/job/input/find-input.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

function file(name: string, content: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** Compressed by Python, which links the bzip2 that everybody has. */
async function bzip2(content: Uint8Array, level = 9): Promise<Buffer> {
  const python = process.env['SPARKCTL_PYTHON'] ?? 'python3';
  const program = `import bz2, sys; sys.stdout.buffer.write(bz2.compress(sys.stdin.buffer.read(), ${level}))`;
  const { stdout } = await execa(python, ['-c', program], { input: content, encoding: 'buffer' });
  return Buffer.from(stdout);
}

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  // One memory for all pieces, as when a file is read.
  const memory = Buffer.alloc(size);
  for (let at = 0; at < content.length; at += size) {
    const length = content.copy(memory, 0, at, at + size);
    yield memory.subarray(0, length);
  }
}

const lines = Buffer.from(
  Array.from({ length: 5000 }, (_, at) => `{"id": ${at}, "r": ${at % 7}}\n`).join(''),
);

test.each(['some.jsonl.gz', 'some.GZ', 'some.gzip'])('the lines of %s are those within', async (name) => {
  expect(await countLines(file(name, gzipSync(lines)))).toBe(5000);
});

test('two gzip files one after the other are one', async () => {
  const both = Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]);
  expect(await countLines(file('some.gz', both))).toBe(3);
});

test('deflate, bzip2, and two streams of bzip2', async () => {
  expect(await countLines(file('some.deflate', deflateSync(lines)))).toBe(5000);
  expect(await countLines(file('some.jsonl.bz2', await bzip2(lines)))).toBe(5000);
  const both = Buffer.concat([await bzip2(Buffer.from('a\n')), await bzip2(Buffer.from('b\nc'))]);
  expect(await countLines(file('some.bz2', both))).toBe(3);
});

/** Bytes that look like noise and are the same every time. */
function noise(size: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}

test.each<[string, Buffer, number]>([
  ['nothing', Buffer.alloc(0), 9],
  ['one byte', Buffer.from('a'), 9],
  [
    'runs of every length',
    Buffer.from(Array.from({ length: 600 }, (_, at) => 'ab'[at % 2]?.repeat(at)).join('')),
    1,
  ],
  ['a long run over blocks', Buffer.alloc(1_500_000, 'z'), 1],
  ['noise over several blocks', noise(250_000), 1],
])('bzip2 gives back %s', async (_what, content, level) => {
  const compressed = await bzip2(content, level);
  for (const size of [7, 1 << 18]) {
    const found: Buffer[] = [];
    for await (const piece of bunzip2(inPieces(compressed, size))) found.push(Buffer.from(piece));
    expect(Buffer.concat(found).equals(content)).toBe(true);
  }
});

test('a damaged file is an input that cannot be read, and no defect', async () => {
  const short = gzipSync(lines).subarray(0, 200);
  const damaged = await bzip2(lines);
  damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 0xff;
  for (const path of [
    file('a.gz', short),
    file('b.gz', lines),
    file('c.bz2', damaged),
    file('d.bz2', lines),
  ]) {
    await expect(countLines(path)).rejects.toMatchObject({
      code: 'input-damaged',
      exitCode: 66,
      message: expect.stringContaining(`The input ${path} cannot be decompressed: `),
    });
  }
});

test('counting compressed lines ends when it is told to', async () => {
  const path = file('a.gz', gzipSync(lines));
  await expect(countLines(path, AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C');
});

test('what cannot be decompressed here is known before a job runs', () => {
  expect(() => mustBeCountable('/data/a.jsonl.lz4')).toThrow(
    'The lines of /data/a.jsonl.lz4 cannot be counted: sparkctl cannot decompress .lz4.',
  );
  expect(() => mustBeCountable('/data/a.jsonl.gz')).not.toThrow();
  expect(() => mustBeCountable('/data/a.jsonl')).not.toThrow();
});

test('the header of compressed CSV is no record', async () => {
  expect(['a.csv', 'a.CSV.gz', 'data/*.csv.bz2', 'a.jsonl.gz', 'a.gz'].map(formatOfPath)).toEqual([
    'csv',
    'csv',
    'csv',
    'jsonl',
    'jsonl',
  ]);
  expect(
    await countRecords(
      [file('a.csv.gz', gzipSync('id\n1\n2\n')), file('b.csv', Buffer.from('id\n3'))],
      'csv',
    ),
  ).toBe(3);
});
