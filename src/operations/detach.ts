import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OperationContext } from '../cluster/operation-context.ts';
import { isRunId } from '../run/record/run-record.ts';
import { detachedLog, runFolder } from '../run/record/run-store.ts';
import { makeStateFolder, stateFolder } from '../system/files/places.ts';
import { packageRoot } from '../system/package.ts';
import { type StartedDaemon, startDaemon } from '../system/processes/start-daemon.ts';
import { waitUntil } from '../system/processes/wait-until.ts';

/** A submission that another process looks after; or else its end, where it did not get as far as a run. */
export type Detached =
  | { readonly run: string; readonly folder: string }
  | { readonly exitCode: number; readonly words: string };

const runCreated = z.object({ kind: z.literal('run-created'), run: z.string().refine(isRunId) });
/** Reading a manifest and a script takes moments; a busy machine takes its time. */
const beginningMs = 120_000;

/** Starts a sparkctl with a session of its own for a submission, and returns as soon as its run has a name. */
export async function detach(
  words: readonly string[],
  workingFolder: string,
  { project, environment, signal }: Pick<OperationContext, 'project' | 'environment' | 'signal'>,
): Promise<Detached> {
  await makeStateFolder(project);
  const folder = join(stateFolder(project), 'detached');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mark = randomUUID();
  const logPath = join(folder, `${mark}.log`);
  const daemon = startDaemon({
    file: process.execPath,
    args: [join(packageRoot, 'bin/sparkctl.js'), ...words],
    environment,
    workingFolder,
    logPath,
    mark,
  });
  const run = await firstRun(daemon, logPath, signal);
  if (run === undefined) {
    const { exitCode = 1 } = daemon.exit() ?? {};
    return { exitCode, words: wordsIn(await readFile(logPath, 'utf8')) };
  }
  const own = runFolder(project, run);
  // It goes on with writing into the same file.
  await rename(logPath, join(own, detachedLog));
  return { run, folder: own };
}

/** The run that the process says it has made; undefined where it ended before. */
async function firstRun(
  daemon: StartedDaemon,
  logPath: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await waitUntil(
      async () => {
        const isOver = daemon.exit() !== undefined;
        const run = runIn(await readFile(logPath, 'utf8'));
        return run ?? (isOver ? ('none' as const) : undefined);
      },
      { timeoutMs: beginningMs, intervalMs: 50, signal },
    );
    if (found !== undefined) return found === 'none' ? undefined : found;
    throw new Error(`the detached sparkctl (process ${daemon.pid}) made no run`);
  } catch (error) {
    // Whoever asked for it gave up before it had a name.
    if (daemon.exit() === undefined) process.kill(daemon.pid, 'SIGTERM');
    throw error;
  }
}

function runIn(log: string): string | undefined {
  for (const line of log.split('\n')) {
    const event = runCreated.safeParse(parsed(line));
    if (event.success) return event.data.run;
  }
  return undefined;
}

/** The lines for people, which are no events. */
function wordsIn(log: string): string {
  return log
    .split('\n')
    .filter((line) => line !== '' && parsed(line) === undefined)
    .map((line) => `${line}\n`)
    .join('');
}

function parsed(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
