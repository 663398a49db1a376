import { findJava } from './find-java.ts';
import { ensureManagedRuntime, type RuntimeContext } from './managed-runtime.ts';

/** Finds Java and makes the managed runtime where it is not there yet. Returns the versions that a run will use. */
export async function prepareRuntime(
  context: RuntimeContext,
): Promise<{ spark: string; java: string; python: string }> {
  const java = await findJava(context.environment);
  const runtime = await ensureManagedRuntime(context);
  return { spark: runtime.sparkVersion, java: java.version, python: runtime.pythonVersion };
}
