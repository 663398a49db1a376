import { delimiter, join } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { runCommand } from '../../system/processes/run-command.ts';
import type { OperationContext } from '../operation-context.ts';
import { hadoopFolder } from './resource-managers.ts';

/** An application as YARN tells of it. */
export interface YarnApplication {
  readonly id: string;
  /** Undefined as long as it goes on. */
  readonly end: 'SUCCEEDED' | 'FAILED' | 'KILLED' | undefined;
}

/** The time that YARN's client may take for one answer. */
const patienceMs = 60_000;

/** The applications that carry a tag. YARN's own client asks, so that Kerberos, TLS and standby masters are its business. */
export async function findYarnApplications(
  tag: string,
  context: OperationContext,
): Promise<readonly YarnApplication[]> {
  const text = await askYarn(['-list', '-appTags', tag, '-appStates', 'ALL'], context);
  return [...text.matchAll(/^(application_\d+_\d+)\t(.*)$/gm)].map(([, id = '', rest = '']) => {
    // The name, which may have anything in it, comes before; the fields are counted from the end.
    const end = rest.split('\t').at(-3)?.trim();
    return { id, end: end === 'SUCCEEDED' || end === 'FAILED' || end === 'KILLED' ? end : undefined };
  });
}

/** Asks YARN why an application ended as it did. */
export async function yarnDiagnostics(id: string, context: OperationContext): Promise<string> {
  const text = await askYarn(['-status', id], context);
  return /^\tDiagnostics : (.*?)\s*^\tUnmanaged Application : /ms.exec(text)?.[1] ?? '';
}

export async function killYarnApplication(id: string, context: OperationContext): Promise<void> {
  await askYarn(['-kill', id], context);
}

async function askYarn(words: readonly string[], context: OperationContext): Promise<string> {
  const [{ home }, { sparkHome }, folder] = await Promise.all([
    context.spark.java(),
    context.spark.runtime(),
    hadoopFolder(context.environment),
  ]);
  const classPath = [folder, join(sparkHome, 'jars', '*')].join(delimiter);
  const client = 'org.apache.hadoop.yarn.client.cli.ApplicationCLI';
  const java = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath, client, 'application'];
  const { exitCode, stdout, stderr, problem } = await runCommand(
    join(home, 'bin', 'java'),
    [...java, ...words],
    {
      environment: context.environment,
      signal: context.signal,
      timeoutMs: patienceMs,
    },
  );
  context.signal.throwIfAborted();
  if (exitCode === 0) return stdout;
  const why = problem ?? stderr.trim().split('\n').at(-1);
  throw new SparkctlError({
    code: 'yarn-unanswered',
    category: 'cluster',
    message: `YARN could not be asked (application ${words.join(' ')}): ${why}`,
    hint: `See whether the ResourceManager that ${folder} names is up.`,
  });
}
