import type { DriverExit } from '../../driver.ts';

/** The signals by which drivers are ended, with the exit code a container has afterwards. */
const signalOfCode: Readonly<Record<number, string>> = { 137: 'SIGKILL', 143: 'SIGTERM' };

/** How a driver's container ended. Docker tells of a signal only by the exit code 128 + n, like a shell. */
export function driverExit({
  ExitCode,
  OOMKilled,
}: {
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
}): DriverExit {
  const signal = signalOfCode[ExitCode];
  return {
    exitCode: ExitCode,
    ...(signal === undefined ? {} : { signal }),
    ...(OOMKilled ? { outOfMemory: true } : {}),
  };
}
