import { extname } from 'node:path';

/** How the lines of an input are to be counted. */
export const inputFormats = ['jsonl', 'csv'] as const;

export type InputFormat = (typeof inputFormats)[number];

/** The ends of names that say how a file is compressed, and nothing about its lines. */
const compression = /\.(?:gz|gzip|bz2|deflate|zstd?|lz4|snappy)$/i;

/** The format of an input that does not say which it is: a file's or a pattern's, compressed or not. */
export function formatOfPath(path: string): InputFormat {
  return extname(path.replace(compression, '')).toLowerCase() === '.csv' ? 'csv' : 'jsonl';
}
