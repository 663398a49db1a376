import { operationContext } from '../cluster/operation-context.ts';
import { askSparkSubmit } from '../operations/ask-spark-submit.ts';
import { projectFolder } from '../operations/project-folder.ts';
import { planSubmission, submit } from '../operations/submit.ts';
import type { SubmitRequest } from '../run/submit-request.ts';
import type { GivenSparkOption } from '../spark/spark-submit.ts';
import { quoteForShell } from '../spark/spark-submit.ts';
import { printable, printableJson } from '../system/errors/printable.ts';
import type { CommandContext } from './command-context.ts';
import { formatError } from './render/format-error.ts';
import { formatPlan } from './render/plan-words.ts';
import { makeProgress, paint } from './render/progress.ts';
import type { ProgressKind } from './render/progress-kind.ts';
import { formatRunSummary } from './render/run-summary.ts';

interface SubmitDisplay {
  readonly json: boolean;
  readonly progress: ProgressKind;
}

/** What Java says at every start about a module that Spark switches on; it is kept in stderr.log. */
const javaNoise = 'WARNING: Using incubator modules: jdk.incubator.vector\n';

/** Submits, shows what goes on, and returns the exit code. */
export async function runSubmit(
  request: SubmitRequest,
  display: SubmitDisplay,
  { host, signal }: CommandContext,
): Promise<number> {
  using progress = makeProgress(display.progress, host.stderr, host.environment);
  const context = operationContext({
    project: projectFolder(host.workingFolder),
    environment: host.environment,
    emit: (event) => progress.show(event),
    signal,
  });
  const run = await submit(
    {
      ...request,
      ...(!display.json && {
        onStdout: (chunk) => {
          progress.print(host.stdout, chunk);
          return host.stdout.ready();
        },
        onStderr: (chunk) => {
          const text = withoutJavaNoise(chunk);
          if (text.length > 0) progress.print(host.stderr, text);
          return host.stderr.ready();
        },
      }),
    },
    context,
  );
  progress[Symbol.dispose]();
  if (display.json) host.stdout.write(`${printableJson(run, 2)}\n`);
  if (display.progress !== 'quiet' && display.progress !== 'json')
    host.stderr.write(formatRunSummary(run, host.workingFolder, paint(host.stderr, host.environment)));
  if (run.message !== undefined) host.stderr.write(formatError({ message: run.message, hint: run.hint }));
  return run.exitCode ?? 0;
}

/** Prints the command that a submission would run. */
export async function runDry(request: SubmitRequest, { host, signal }: CommandContext): Promise<number> {
  const context = operationContext({
    project: projectFolder(host.workingFolder),
    environment: host.environment,
    emit: () => {},
    signal,
  });
  const { plan, command, target } = await planSubmission(request, context);
  host.stderr.write(printable(formatPlan(plan, target), 'lines'));
  host.stdout.write(`${quoteForShell(command)}\n`);
  return 0;
}

/** `--version`, `--status`, `--kill`: spark-submit's own answer. */
export async function runInquiry(
  options: readonly GivenSparkOption[],
  { host, signal }: CommandContext,
): Promise<number> {
  return await askSparkSubmit(options, {
    ...operationContext({
      project: projectFolder(host.workingFolder),
      environment: host.environment,
      emit: () => {},
      signal,
    }),
    onStdout: (chunk) => {
      host.stdout.write(chunk);
      return host.stdout.ready();
    },
    onStderr: (chunk) => {
      host.stderr.write(withoutJavaNoise(chunk));
      return host.stderr.ready();
    },
  });
}

function withoutJavaNoise(chunk: Uint8Array): Uint8Array {
  const at = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).indexOf(javaNoise);
  if (at < 0) return chunk;
  return Buffer.concat([chunk.subarray(0, at), chunk.subarray(at + javaNoise.length)]);
}
