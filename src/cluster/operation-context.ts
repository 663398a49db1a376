import { withCaBundle } from '../spark/certificates.ts';
import { SparkInstallation } from '../spark/installation.ts';
import type { BackendContext, Settings } from './backend.ts';

/** The surroundings of an operation. Nothing is read from globals, so a test or a program can pass its own. */
export type OperationContext = BackendContext;

/** A context for one command: whatever it needs of Spark is found at most once. */
export function operationContext({
  settings = {},
  ...parts
}: Omit<OperationContext, 'spark' | 'settings'> & { readonly settings?: Settings }): OperationContext {
  const environment = withCaBundle(parts.environment, settings.caBundle);
  return { ...parts, settings, spark: new SparkInstallation({ ...parts, environment }) };
}
