import { z } from 'zod';
import type { Daemon } from './connect-docker.ts';

/** The machine that the containers run on, which may be a virtual one. */
export interface DockerMachine {
  readonly memoryMb: number;
  /** Whether the daemon runs as an ordinary user. */
  readonly isRootless: boolean;
}

const info = z.object({ MemTotal: z.number(), SecurityOptions: z.array(z.string()).nullish() });

export async function dockerMachine(daemon: Daemon): Promise<DockerMachine> {
  const { MemTotal, SecurityOptions } = info.parse(
    await daemon.ask('a description of its machine', (docker) => docker.info()),
  );
  return {
    memoryMb: Math.floor(MemTotal / 1024 ** 2),
    isRootless: (SecurityOptions ?? []).some((option) => option.startsWith('name=rootless')),
  };
}
