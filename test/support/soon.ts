/** Makes Java start sooner, and changes nothing of what a job does. */
export const soon = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** The same for the executors of a submission, in tests that are not about Java's options. */
export const executorsSoon: readonly string[] = ['--conf', `spark.executor.extraJavaOptions=${soon}`];
