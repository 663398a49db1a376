import { extname } from 'node:path';

/** How the lines of an input are to be counted. */
export const inputFormats = ['jsonl', 'csv'] as const;

export type InputFormat = (typeof inputFormats)[number];

/** The format of an input that does not say which it is. */
export function formatOfPath(path: string): InputFormat {
  return extname(path).toLowerCase() === '.csv' ? 'csv' : 'jsonl';
}
