import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { canAccess } from '../system/files/read-file.ts';
import { readJson } from '../system/files/read-json.ts';
import { packageRoot } from '../system/package.ts';
import { endMarked, findMarked } from '../system/processes/process-mark.ts';
import { startDaemon } from '../system/processes/start-daemon.ts';
import type { ProgramExit, RunningProgram } from '../system/processes/start-program.ts';
import { waitUntil } from '../system/processes/wait-until.ts';
import type { OperationContext } from './operation-context.ts';

const ending = z.object({
  exitCode: z.number().int().min(0).max(255).optional(),
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+]+$/)
    .optional(),
  notStarted: z.string().max(300).optional(),
  unkept: z
    .string()
    .regex(/^E[A-Z0-9]+$/)
    .optional(),
  held: z.boolean().optional(),
});

/** Beside the time that children of a driver that ended may take to end, too, that which its keeper gives to its output. */
const leftoverGraceMs = 5_000;
const lookEveryMs = 50;
const lookForProcessesEveryMs = 1_000;

interface KeptDriver {
  readonly runFolder: string;
  /** The mark of the driver, of its keeper, and of all that they start. */
  readonly mark: string;
}

interface KeeperSpec extends KeptDriver {
  /** The program to be started, or where the pipes are of one that was. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}

function endingPath(runFolder: string): string {
  return join(runFolder, 'ending.json');
}

/**
 * Starts a process that keeps a driver's output and its ending in the run's folder. The driver then needs this process no more,
 * and whoever has the folder can follow it.
 */
export async function startKept(
  { runFolder, mark, words, environment, workingFolder }: KeeperSpec,
  { spark }: OperationContext,
): Promise<RunningProgram> {
  const { python } = await spark.runtime();
  // Of a standby that has gone before it was the run's.
  await rm(endingPath(runFolder), { force: true });
  const keeper = join(packageRoot, 'spark', 'sparkctl_standby', 'keep.py');
  const { pid } = startDaemon({
    file: python,
    // What the person's environment says of Python's modules is not for this one.
    args: ['-E', '-B', keeper, runFolder, ...words],
    environment,
    workingFolder,
    logPath: join(runFolder, 'keeper.log'),
    mark,
  });
  return follow({ runFolder, mark }, pid);
}

/** Follows a driver that another process has had kept, also one that has ended meanwhile; undefined where nothing is left of it. */
export async function followKept(driver: KeptDriver): Promise<RunningProgram | undefined> {
  const [pid] = await findMarked(driver.mark);
  if (pid === undefined && !(await canAccess(endingPath(driver.runFolder)))) return undefined;
  return follow(driver, pid);
}

function follow({ runFolder, mark }: KeptDriver, pid: number | undefined): RunningProgram {
  const ended = async (): Promise<ProgramExit> => {
    await untilTold(runFolder, mark);
    await endMarked(mark, leftoverGraceMs);
    const read = await readJson(endingPath(runFolder), ending);
    // Who keeps it and is gone without a word was killed.
    const said: z.output<typeof ending> = read.kind === 'value' ? read.value : { signal: 'SIGKILL' };
    const { exitCode, signal, notStarted: problem, unkept, held = false } = said;
    if (unkept !== undefined)
      throw wrapWriteError(
        Object.assign(new Error(unkept), { code: unkept }),
        `The output of the run in ${runFolder}`,
      );
    return { exitCode, signal, problem, outputIsHeld: held };
  };
  return { pid, exited: ended(), stop: (graceMs) => endMarked(mark, graceMs) };
}

/** Waits until the keeper has told the driver's end, or is gone. */
async function untilTold(runFolder: string, mark: string): Promise<void> {
  const told = async () => (await canAccess(endingPath(runFolder))) || undefined;
  const look = { timeoutMs: lookForProcessesEveryMs, intervalMs: lookEveryMs };
  while ((await waitUntil(told, look)) === undefined) if ((await findMarked(mark)).length === 0) return;
}
