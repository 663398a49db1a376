import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import type { DriverExit, RunningDriver } from '../driver.ts';
import type { OperationContext } from '../operation-context.ts';
import {
  findYarnApplications,
  killYarnApplication,
  type YarnApplication,
  yarnDiagnostics,
} from './yarn-applications.ts';

const pauseMs = 3_000;
const forEver = Number.POSITIVE_INFINITY;

/**
 * Follows a driver that runs within YARN. What was started here is only its client: it can end before the application
 * does, or without it, and does not know the script's exit code. YARN does.
 */
export function followYarn(client: RunningDriver, tag: string, context: OperationContext): RunningDriver {
  const ended = async (): Promise<DriverExit> => {
    const exit = await client.exited;
    const last = await waitUntil(() => lastIfEnded(tag, context), {
      timeoutMs: forEver,
      intervalMs: pauseMs,
      signal: context.signal,
    });
    return last === undefined || last === 'none'
      ? withoutApplication(exit, tag)
      : await endOf(last, exit, context);
  };
  return {
    id: client.id,
    exited: ended(),
    async stop(graceMs) {
      await client.stop(graceMs);
      // Whatever stops the run, its signal is aborted by now; the application must go all the same.
      const unhurried = { ...context, signal: new AbortController().signal };
      const running = (await findYarnApplications(tag, unhurried)).filter(({ end }) => end === undefined);
      for (const { id } of running) await killYarnApplication(id, unhurried);
    },
  };
}

async function lastIfEnded(
  tag: string,
  context: OperationContext,
): Promise<YarnApplication | 'none' | undefined> {
  const last = (await findYarnApplications(tag, context)).toSorted((a, b) => a.id.localeCompare(b.id)).at(-1);
  if (last === undefined) return 'none';
  return last.end === undefined ? undefined : last;
}

function withoutApplication(exit: DriverExit, tag: string): DriverExit {
  if (exit.exitCode !== 0) return exit;
  throw new SparkctlError({
    code: 'yarn-application-unknown',
    category: 'cluster',
    message: `spark-submit ended with exit code 0, but YARN knows no application with the tag ${tag}: how it ended cannot be told.`,
    hint: 'Ask YARN for it: yarn application -list -appStates ALL',
  });
}

async function endOf(
  { id, end }: YarnApplication,
  exit: DriverExit,
  context: OperationContext,
): Promise<DriverExit> {
  const applicationIds = [id];
  if (end === 'SUCCEEDED') return { exitCode: 0, applicationIds };
  const diagnostics = await yarnDiagnostics(id, context);
  const status = /exited with status (\d{1,3})\b/.exec(diagnostics)?.[1];
  const exitCode = Number(status ?? 0) || exit.exitCode || 1;
  const why = diagnostics.split('\n').find((line) => line.trim() !== '');
  return {
    exitCode,
    applicationIds,
    explanation: `YARN says ${end}${why === undefined ? '' : `: ${why.trim()}`}`,
  };
}
