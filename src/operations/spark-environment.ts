import { delimiter, dirname, join } from 'node:path';
import type { OperationContext } from '../cluster/operation-context.ts';
import { packageRoot } from '../system/package.ts';

/** The variables with which a shell finds the Java, the Spark and the Python that sparkctl uses, and jobs their library. */
export async function sparkEnvironment(context: OperationContext): Promise<Readonly<Record<string, string>>> {
  const [java, runtime] = await Promise.all([context.spark.java(), context.spark.runtime()]);
  const programs = [join(runtime.sparkHome, 'bin'), dirname(runtime.python), join(java.home, 'bin')];
  return {
    JAVA_HOME: java.home,
    SPARK_HOME: runtime.sparkHome,
    PYSPARK_PYTHON: runtime.python,
    PYTHONPATH: joined(context.environment['PYTHONPATH'], [], [join(packageRoot, 'spark')]),
    PATH: joined(context.environment['PATH'], programs, []),
  };
}

/** A list of folders with more before and after it; none is there twice, however often the variables are set. */
function joined(present: string | undefined, before: readonly string[], after: readonly string[]): string {
  const folders = (present ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...before, ...folders, ...after])].join(delimiter);
}
