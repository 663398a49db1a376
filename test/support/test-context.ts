import { type OperationContext, operationContext } from '../../src/cluster/operation-context.ts';
import { SparkInstallation } from '../../src/spark/installation.ts';

/** A context that nobody watches or aborts, with this process's environment, unless a part says otherwise. */
export function testContext(
  project: string,
  parts: Partial<Omit<OperationContext, 'spark'>> = {},
): OperationContext {
  return operationContext({
    project,
    environment: process.env,
    emit: () => {},
    signal: new AbortController().signal,
    ...parts,
  });
}

/** The Java and the runtime that tests use themselves. */
export function testInstallation(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): SparkInstallation {
  return new SparkInstallation({ environment, emit: () => {}, signal: new AbortController().signal });
}
