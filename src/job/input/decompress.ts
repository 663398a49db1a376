import { extname } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { filePieces } from '../../system/files/read-file.ts';
import { bunzip2 } from './bzip2.ts';

type Decompress = (pieces: AsyncIterable<Buffer>, path: string) => AsyncIterable<Buffer>;

const zstd = through(() =>
  (zlib as unknown as { createZstdDecompress(): zlib.Gunzip }).createZstdDecompress(),
);

/** The compressions that Spark reads, by the ending of the file's name in whatever case. */
const decompressOf: Readonly<Record<string, Decompress>> = {
  gz: through(() => zlib.createGunzip()),
  gzip: through(() => zlib.createGunzip()),
  deflate: through(() => zlib.createInflate()),
  bz2: bunzip2,
  // Newer than the oldest Node that sparkctl runs on.
  ...('createZstdDecompress' in zlib && { zst: zstd, zstd }),
};

/** Compressions that Spark reads and that cannot be read here. */
const otherCompressions = ['zst', 'zstd', 'lz4', 'snappy'];

/** The content of an input file as Spark sees it: what is compressed comes decompressed. Each piece is valid until the next is asked for. */
export async function* contentOf(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  mustBeCountable(path);
  const pieces = filePieces(path, signal);
  const decompress = decompressOf[extensionOf(path)];
  if (decompress === undefined) {
    yield* pieces;
    return;
  }
  try {
    yield* decompress(pieces, path);
  } catch (error) {
    if (signal?.aborted || error instanceof SparkctlError || isSystemError(error)) throw error;
    throw new SparkctlError({
      code: 'input-damaged',
      category: 'input',
      message: `The input ${path} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'It is damaged, or its name promises another compression than it has.',
      details: { path },
      cause: error,
    });
  }
}

/** Throws where the lines of a file cannot be counted here, though Spark can read them: worth asking before a job runs. */
export function mustBeCountable(path: string): void {
  const extension = extensionOf(path);
  if (decompressOf[extension] !== undefined || !otherCompressions.includes(extension)) return;
  const newerNode = extension.startsWith('zst');
  throw new SparkctlError({
    code: 'input-compression',
    category: 'input',
    message: `The lines of ${path} cannot be counted: sparkctl${newerNode ? ` on Node ${process.versions.node}` : ''} cannot decompress .${extension}.`,
    hint: `Compress it with gzip or bzip2${newerNode ? ', or use Node 22.15 or newer' : ''}.`,
    details: { path },
  });
}

function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

function through(make: () => zlib.Gunzip): Decompress {
  return async function* (pieces) {
    // The pieces share their memory, and a stream keeps what it is given.
    const copies = async function* () {
      for await (const piece of pieces) yield Buffer.from(piece);
    };
    const source = Readable.from(copies());
    const target = make();
    source.once('error', (error) => target.destroy(error));
    try {
      for await (const piece of source.pipe(target)) yield piece as Buffer;
    } finally {
      source.destroy();
      target.destroy();
    }
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
