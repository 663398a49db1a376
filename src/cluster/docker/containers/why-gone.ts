import type { ContainerInspectInfo } from 'dockerode';

type Facts = Pick<ContainerInspectInfo['State'], 'OOMKilled' | 'ExitCode' | 'Error'>;

/** In a clause, why a container does not run. */
export function whyGone({ OOMKilled, ExitCode, Error: problem }: Facts, memoryBytes: number): string {
  if (OOMKilled) return `it ran out of memory (limit ${Math.round(memoryBytes / 1024 ** 2)} MiB)`;
  if (problem) return `it could not be started: ${problem}`;
  if (ExitCode === 137) return 'it was killed (exit code 137)';
  if (ExitCode === 143) return 'it was told to end (exit code 143)';
  return `it ended with exit code ${ExitCode}`;
}
