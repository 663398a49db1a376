import { z } from 'zod';
import type { Daemon } from './connect-docker.ts';

/** The machine that the containers run on, which may be a virtual one. */
export interface DockerMachine {
  readonly memoryMb: number;
  /** Rootless Docker, or a daemon that maps users: ids inside of a container are other ids outside. */
  readonly mapsUsers: boolean;
}

const info = z.object({ MemTotal: z.number(), SecurityOptions: z.array(z.string()).nullish() });

export async function dockerMachine(daemon: Daemon): Promise<DockerMachine> {
  const { MemTotal, SecurityOptions } = info.parse(
    await daemon.ask('a description of its machine', (docker) => docker.info()),
  );
  return {
    memoryMb: Math.floor(MemTotal / 1024 ** 2),
    mapsUsers: (SecurityOptions ?? []).some((option) => /^name=(rootless|userns)/.test(option)),
  };
}
