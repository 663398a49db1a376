import { SparkInstallation } from '../spark/installation.ts';
import type { BackendContext } from './backend.ts';

/** The surroundings of an operation. Nothing is read from globals, so a test or a program can pass its own. */
export type OperationContext = BackendContext;

/** A context for one command: whatever it needs of Spark is found at most once. */
export function operationContext(parts: Omit<OperationContext, 'spark'>): OperationContext {
  return { ...parts, spark: new SparkInstallation(parts) };
}
