import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import type { DriverExit, RunningDriver } from '../../../src/cluster/driver.ts';
import type { OperationContext } from '../../../src/cluster/operation-context.ts';

export interface StartedDriver {
  readonly driver: RunningDriver;
  readonly runId: string;
  stdout(): Buffer;
  stderr(): string;
  /** Settles once stdout holds a text. */
  saw(text: string): Promise<void>;
}

let count = 0;

/** Starts a driver on a cluster as a submission does. */
export async function startDriver(
  cluster: string,
  context: OperationContext,
  args: readonly string[],
  propertiesFiles: readonly string[] = [],
): Promise<StartedDriver> {
  const runId = `run-${process.pid}-${++count}`;
  const runFolder = join(context.project, '.sparkctl', 'runs', runId);
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  const { master, properties } = await dockerBackend.connect(cluster, context);
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  const stdout = () => Buffer.concat(out);
  const driver = await dockerBackend.startDriver(
    cluster,
    {
      runId,
      runFolder,
      artifactsFolder: join(runFolder, 'artifacts'),
      files: { reads: [], writes: [] },
      propertiesFiles,
      secretProperties: {},
      warm: { why: 'not-wanted' },
      sparkSubmitArguments: [
        ...['--master', master ?? ''],
        ...Object.entries(properties).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
        ...args,
      ],
      workingFolder: context.project,
      onStdout: (chunk) => {
        out.push(Uint8Array.from(chunk));
        for (const look of waiting) look();
      },
      onStderr: (chunk) => void err.push(Uint8Array.from(chunk)),
    },
    context,
  );
  return {
    driver,
    runId,
    stdout,
    stderr: () => Buffer.concat(err).toString(),
    saw: async (text) => {
      const seen = new Promise<void>((resolve) => {
        const look = () => stdout().includes(text) && resolve();
        waiting.push(look);
        look();
      });
      const ended = driver.exited.then(() => {
        if (!stdout().includes(text))
          throw new Error(`the driver ended without "${text}":\n${stdout()}\n${Buffer.concat(err)}`);
      });
      await Promise.race([seen, ended]);
    },
  };
}

/** Runs a driver to its end. */
export async function runDriver(
  ...args: Parameters<typeof startDriver>
): Promise<StartedDriver & { readonly exit: DriverExit }> {
  const started = await startDriver(...args);
  return { ...started, exit: await started.driver.exited };
}
