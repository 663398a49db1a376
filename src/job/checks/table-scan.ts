import type { RowSums } from '../datasets/row-checksum.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { Breaking, RowAnswers, RowQuestions, TargetReader } from '../targets/target.ts';
import { sampleLimit } from './check.ts';

/** One thing that a check wants to know of every row: the sum of some columns, or the rows that break a pattern. */
export type RowQuestion =
  | { readonly columns: readonly string[] }
  | { readonly column: string; readonly matches: string };

interface Scanned {
  readonly reader: TargetReader;
  readonly table: TableSpec;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at every row of a table once, for all checks together. */
export class TableScan implements Disposable {
  readonly #ended = new AbortController();
  readonly #scanned: Scanned;
  readonly #questions: RowQuestions;
  /** Undefined once it has failed: then each check asks by itself, so that an error is that of the check that it belongs to. */
  readonly #answers: Promise<RowAnswers | undefined>;

  /** Starts at once where there is a question. One about a column that is not there is left to the check that asks. */
  constructor(scanned: Scanned, asked: readonly RowQuestion[]) {
    const { reader, table, signal } = scanned;
    const ended = this.#ended.signal;
    this.#scanned = {
      reader,
      table,
      signal: signal === undefined ? ended : AbortSignal.any([signal, ended]),
    };
    const columns = new Set(reader.tableInfo(table.name)?.columns.map(({ name }) => name));
    this.#questions = together(
      asked.filter((question) =>
        ('columns' in question ? question.columns : [question.column, ...table.primaryKey]).every((column) =>
          columns.has(column),
        ),
      ),
      table,
    );
    const { checksum, patterns } = this.#questions;
    this.#answers =
      checksum === undefined && patterns.length === 0
        ? Promise.resolve(undefined)
        : scan(this.#scanned, this.#questions).catch(() => undefined);
  }

  /** Ends what nobody waits for any more. */
  [Symbol.dispose](): void {
    this.#ended.abort();
  }

  /** Adds up the values of columns, see `RowChecksum`. */
  async sums(columns: readonly string[]): Promise<RowSums> {
    const isAsked = this.#questions.checksum?.join('\n') === columns.join('\n');
    const answers = isAsked ? await this.#answers : undefined;
    this.#scanned.signal?.throwIfAborted();
    return (answers ?? (await this.#alone({ columns }))).checksum;
  }

  /** Finds the values of a column that do not match a regular expression. */
  async breaking(column: string, matches: string): Promise<Breaking> {
    const index = this.#questions.patterns.findIndex(
      (asked) => asked.column === column && asked.matches === matches,
    );
    const found = index === -1 ? undefined : (await this.#answers)?.breaking[index];
    this.#scanned.signal?.throwIfAborted();
    if (found !== undefined) return found;
    const [alone] = (await this.#alone({ column, matches })).breaking;
    if (alone === undefined) throw new Error(`The scan says nothing of ${column}.`);
    return alone;
  }

  async #alone(question: RowQuestion): Promise<RowAnswers> {
    return await scan(this.#scanned, together([question], this.#scanned.table));
  }
}

function together(asked: readonly RowQuestion[], table: TableSpec): RowQuestions {
  return {
    checksum: asked.flatMap((question) => ('columns' in question ? [question.columns] : []))[0],
    patterns: asked.flatMap((question) => ('columns' in question ? [] : [question])),
    keyColumns: table.primaryKey,
    sampleLimit,
  };
}

async function scan({ reader, table, signal }: Scanned, questions: RowQuestions): Promise<RowAnswers> {
  if (reader.scan !== undefined) return await reader.scan(table.name, questions, signal);
  const { scanRowByRow } = await import('./scan-row-by-row.ts');
  return await scanRowByRow(reader, table.name, questions, signal);
}
