import type { RunRecord } from './run-record.ts';

/** One fact of two runs. A number has its change beside it, which is the second minus the first. */
export interface Difference {
  readonly what: string;
  readonly a?: string | number;
  readonly b?: string | number;
  readonly change?: number;
}

export interface RunDiff {
  readonly differences: readonly Difference[];
  /** The number of facts that are the same. */
  readonly same: number;
}

/** Compares two runs. Ids and instants, which always differ, are left out. */
export function diffRuns(a: RunRecord, b: RunRecord): RunDiff {
  const [one, other] = [factsOf(a), factsOf(b)];
  const differences: Difference[] = [];
  let same = 0;
  for (const what of new Set([...one.keys(), ...other.keys()])) {
    const [before, after] = [one.get(what), other.get(what)];
    if (before === after) {
      same += 1;
      continue;
    }
    differences.push({
      what,
      ...(before !== undefined && { a: before }),
      ...(after !== undefined && { b: after }),
      ...(typeof before === 'number' && typeof after === 'number' && { change: after - before }),
    });
  }
  return { differences, same };
}

function factsOf(run: RunRecord): ReadonlyMap<string, string | number> {
  const facts = new Map<string, string | number>();
  const add = (what: string, value: string | number | undefined) => {
    if (value !== undefined) facts.set(what, value);
  };
  add('state', run.state);
  add('exit code', run.exitCode);
  add('cause', run.cause);
  for (const [name, value] of Object.entries(run.metrics ?? {})) add(`metric ${name}`, value);
  for (const { name, x, points } of run.series ?? [])
    for (const [at, value] of points) add(`${name}, ${x} ${at}`, value);
  const { reasons = {}, ...counts } = run.accounting ?? {};
  for (const [name, rows] of Object.entries(counts)) add(`rows ${name}`, rows);
  for (const [reason, rows] of Object.entries(reasons)) add(`rows quarantined, ${reason}`, rows);
  add('rows of the table', run.database?.rows);
  for (const { name, status, found, faulty } of run.checks) {
    add(`check ${name}, rows wrong`, faulty?.rows);
    add(`check ${name}`, status);
    add(`check ${name}, found`, found);
  }
  add('time, ms', run.durationMs);
  for (const { title, durationMs } of run.phases) add(`time of ${title}, ms`, durationMs);
  add('script', run.job.script);
  add('manifest', run.job.manifest);
  add('arguments', run.job.arguments.join(' ') || undefined);
  add('backend', run.cluster?.backend);
  add('workers', run.cluster?.workers);
  add('database', run.database && `${run.database.path}, table ${run.database.table}`);
  for (const [name, version] of Object.entries(run.versions)) add(`version of ${name}`, version);
  for (const [name, value] of submittedProperties(run.command)) add(name, value);
  return facts;
}

/** The Spark properties of a command, but for those that name the run, its cluster or a folder of them. */
function submittedProperties(command: readonly string[]): readonly (readonly [string, string])[] {
  return command.flatMap((word, index) => {
    const at = word.indexOf('=');
    if (command[index - 1] !== '--conf' || at < 0) return [];
    const name = word.slice(0, at);
    return /^spark\.(sparkctl|eventLog|driver\.(host|bindAddress|port)|ui)\b/.test(name)
      ? []
      : [[name, word.slice(at + 1)] as const];
  });
}
