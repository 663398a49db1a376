/** Makes Java start sooner, and changes nothing of what a job does. */
export const soon = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** The same for the executors of a submission, in tests that are not about Java's options. */
export const executorsSoon: readonly string[] = ['--conf', `spark.executor.extraJavaOptions=${soon}`];

/** One executor, in tests that are not about several: else every worker starts one. */
export const oneExecutor: readonly string[] = ['--conf', 'spark.cores.max=1'];

export const oneExecutorSoon: readonly string[] = [...oneExecutor, ...executorsSoon];
