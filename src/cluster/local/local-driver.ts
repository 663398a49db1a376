import { driverJavaOptions } from '../driver.ts';
import { loopback } from '../free-port.ts';

/** The settings of every driver of a local cluster, beside its secret. */
export const localDriver = {
  environment: { SPARK_LOCAL_IP: loopback, SPARK_PUBLIC_DNS: loopback },
  javaOptions: driverJavaOptions,
} as const;
