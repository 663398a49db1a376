/** The words in which requests are made. Light: a command line needs them for its help, before anything is done. */
export { isClusterName } from '../cluster/cluster-folder.ts';
export { makingKinds } from '../cluster/registry.ts';
export { usualIdleMs } from '../cluster/standby/standby-settings.ts';
export { parseMemoryMb } from '../spark/executor-demand.ts';
export { quoteForShell, sparkSubmitInquiries, sparkSubmitOptions } from '../spark/spark-submit.ts';
