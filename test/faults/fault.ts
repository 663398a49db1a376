import { it } from 'vitest';
import { type Judged, judge, remember, type UsersTable, type Version } from './independently.ts';
import type { FaultCase, Observation } from './observation.ts';

/** Does something between two looks at a table, which must then be one of the versions that are right; returns what was seen. */
export type Watch = (
  table: UsersTable,
  right: Version | readonly Version[],
  act: () => Promise<number | undefined>,
) => Promise<Observation & { readonly judged: Judged }>;

interface Tools {
  readonly watch: Watch;
  readonly skip: (why: string) => never;
}

/** One case of a fault: a test that leaves what it saw to the table at the end. */
export function fault(fault: FaultCase, body: (tools: Tools) => Promise<Observation>): void {
  const { number, where, injected } = fault;
  it(`${number}: ${injected} (${where})`, async ({ task, skip }) => {
    task.meta.fault = fault;
    const watch: Watch = async (table, right, act) => {
      const old = await remember(table);
      const exitCode = await act();
      const judged = await judge(table, old);
      const seen = { exitCode, rows: { before: old.rows, after: judged.rows } };
      task.meta.fault = { ...fault, ...seen };
      const versions: readonly Version[] = typeof right === 'string' ? [right] : right;
      if (judged.integrity !== 'ok' || !versions.includes(judged.version)) {
        const why = judged.why.join('; ');
        throw new Error(
          `${table.database} holds the ${judged.version} version, not the ${versions.join(' or ')} one: ${why}`,
        );
      }
      return { ...seen, judged };
    };
    const { exitCode, rows } = await body({ watch, skip: (why) => skip(why) as never });
    task.meta.fault = { ...fault, exitCode, ...(rows && { rows }) };
  });
}
