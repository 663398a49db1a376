import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { OperationContext } from '../../cluster/operation-context.ts';
import { packageRoot } from '../../system/package.ts';
import { type StartedDaemon, startDaemon } from '../../system/processes/start-daemon.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import type { RunRecord } from '../record/run-record.ts';
import { detachedLog, findLeft, lostBy, runFolder, writeRun } from '../record/run-store.ts';

/** The hidden command that takes a run up. */
const takeUpCommand = 'take-up-run';

/** The time that a process may take to begin, on a busy machine. */
const beginningMs = 30_000;

/** The processes that this one has started to take runs up. */
const started = new Map<string, StartedDaemon>();

/**
 * Has a process of its own take a run up again that a killed sparkctl has left. Where several commands do so at once, one of their
 * processes gets it. `at-once` does not wait until one has. A process that cannot even begin makes the run a lost one.
 */
export async function haveTakenUp(
  record: RunRecord,
  when: 'in-order' | 'at-once',
  context: Pick<OperationContext, 'project' | 'environment' | 'emit' | 'signal'>,
): Promise<void> {
  const { project, emit, signal } = context;
  const { id } = record;
  const taker = takerOf(id, context);
  if (when === 'in-order')
    await waitUntil(
      async () => taker.exit() !== undefined || (await findLeft(project, id)) === undefined || undefined,
      { timeoutMs: beginningMs, intervalMs: 50, signal },
    );
  const left = await findLeft(project, id);
  if (left === undefined) emit({ kind: 'run-taken-up', run: id });
  else if (hasFailed(taker)) {
    const why = `see ${join(runFolder(project, id), detachedLog)}`;
    await writeRun({ ...left, ...lostBy(left, why) });
    emit({ kind: 'run-lost', run: id });
  }
}

/** The process that takes a run up; another one where that which was started before came too late, or was killed itself. */
function takerOf(
  id: string,
  { project, environment }: Pick<OperationContext, 'project' | 'environment'>,
): StartedDaemon {
  const known = started.get(id);
  if (known !== undefined && (known.exit() === undefined || hasFailed(known))) return known;
  const taker = startDaemon({
    file: process.execPath,
    args: [join(packageRoot, 'bin/sparkctl.js'), takeUpCommand, id],
    environment,
    workingFolder: project,
    logPath: join(runFolder(project, id), detachedLog),
    mark: randomUUID(),
  });
  started.set(id, taker);
  return taker;
}

function hasFailed(taker: StartedDaemon): boolean {
  const { exitCode = 0 } = taker.exit() ?? {};
  return exitCode !== 0;
}
