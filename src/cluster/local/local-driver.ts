import { loopback } from '../free-port.ts';

/** The settings of every driver of a local cluster, beside its secret. */
export const localDriver = {
  environment: { SPARK_LOCAL_IP: loopback, SPARK_PUBLIC_DNS: loopback },
  // It plans and waits for the executors, which do the work: to compile its code well would take longer than it saves.
  javaOptions: ['-XX:TieredStopAtLevel=1'],
} as const;
