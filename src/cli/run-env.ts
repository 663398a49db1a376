import { operationContext } from '../cluster/operation-context.ts';
import { projectFolder } from '../operations/project-folder.ts';
import { sparkEnvironment } from '../operations/spark-environment.ts';
import { quoteForShell } from '../spark/spark-submit.ts';
import type { CommandContext } from './command-context.ts';
import { makeProgress } from './render/progress.ts';

/** Prints what a shell needs to use Spark as sparkctl does: lines to evaluate, or JSON. */
export async function printEnvironment(json: boolean, { host, signal }: CommandContext): Promise<number> {
  using progress = makeProgress('auto', host.stderr, host.environment);
  const variables = await sparkEnvironment(
    operationContext({
      project: projectFolder(host.workingFolder),
      environment: host.environment,
      emit: (event) => progress.show(event),
      signal,
    }),
  );
  host.stdout.write(
    json
      ? `${JSON.stringify({ schemaVersion: 1, variables }, null, 2)}\n`
      : Object.entries(variables)
          .map(([name, value]) => `export ${name}=${quoteForShell([value])}\n`)
          .join(''),
  );
  return 0;
}
