import { statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A users table and the lines that the next run is to load into it. */
export interface UsersTable {
  readonly project: string;
  readonly database: string;
  readonly inputs: readonly string[];
  /** Its name; `users` if nothing else is said. */
  readonly name?: string;
}

export type Version = 'old' | 'new' | 'neither';

interface Remembered {
  readonly rows: number;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
}

/** The outcome of a correct load of the inputs. */
export interface Expected {
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly duplicates: number;
  /** Rows whose address is not as it stands in the input. */
  readonly repaired: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly checksum: string;
}

export interface Judged {
  readonly integrity: string;
  readonly rows: number;
  readonly version: Version;
  readonly why: readonly string[];
}

/** A table with a CSV file and a saved model that must be of its version. */
interface TableWithOutputs {
  readonly database: string;
  readonly name: string;
  readonly csv: string;
  readonly model: string;
}

type Likeness = 'same' | 'differs' | 'missing';

interface JudgedOutputs {
  readonly integrity: string;
  readonly rows: number;
  /** The run that wrote the table. */
  readonly runId: string;
  /** True if the database says that all outputs are in their places. */
  readonly finished: boolean;
  /** The file, held to the rows of the table. */
  readonly csv: Likeness;
  /** The folder, held to the digest that was committed with the table. */
  readonly model: Likeness;
}

/** Asks the program that uses neither Spark nor sparkctl. */
async function ask<Answer>(...words: readonly string[]): Promise<Answer> {
  const python = process.env['SPARKCTL_PYTHON'] ?? 'python3';
  const { stdout } = await execa(python, [join(import.meta.dirname, 'independent-check.py'), ...words]);
  return JSON.parse(stdout) as Answer;
}

export async function remember({ database, name = 'users' }: UsersTable): Promise<Remembered> {
  return await ask('remember', database, '--table', name);
}

export async function judge(table: UsersTable, old: Remembered): Promise<Judged> {
  const { database, name = 'users', inputs, project } = table;
  const words = ['judge', database, '--table', name, '--old', JSON.stringify(old)];
  const judged = await ask<Judged>(...words);
  // What the new version must be takes long to find out, and is asked only where there is something new.
  if (judged.version === 'old' || inputs.length === 0) return judged;
  return await ask(...words, '--expected', JSON.stringify(await expectedOf(project, inputs)));
}

export async function judgeOutputs(table: TableWithOutputs): Promise<JudgedOutputs> {
  const { database, name, csv, model } = table;
  return await ask('outputs', database, '--table', name, '--csv', csv, '--model', model);
}

/** A million lines take a while, so each file is read once. */
const known = new Map<string, Promise<Expected>>();

export async function expectedOf(project: string, inputs: readonly string[]): Promise<Expected> {
  const state = JSON.stringify(inputs.map((path) => [path, statSync(path).mtimeMs, statSync(path).size]));
  let expected = known.get(state);
  if (expected === undefined) {
    expected = ask<Expected>('expect', ...inputs, '--project', project);
    known.set(state, expected);
  }
  return await expected;
}
