import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { Emit } from '../../system/event.ts';
import { portIsFree } from '../free-port.ts';
import { mostLogLines } from '../log-end.ts';
import { type Daemon, statusOf } from './daemon.ts';
import { type ContainerSpec, createOptions } from './plan/plan-container.ts';

/** Makes a container, as yet not started. A usual port that is taken is left out: Docker then chooses a free one. */
export async function createContainer(daemon: Daemon, spec: ContainerSpec, emit: Emit): Promise<string> {
  const taken = new Set<number>();
  for (const { hostPort, address } of spec.ports) {
    if (hostPort !== undefined && !(await portIsFree(hostPort, address ?? '0.0.0.0'))) taken.add(hostPort);
  }
  for (const port of taken) emit({ kind: 'port-taken', port, node: spec.node });
  return await createWith(daemon, spec, (wanted) =>
    wanted === undefined || taken.has(wanted) ? undefined : wanted,
  );
}

async function createWith(
  daemon: Daemon,
  spec: ContainerSpec,
  hostPort: (wanted: number | undefined) => number | undefined,
): Promise<string> {
  const { id } = await daemon.ask(`the container ${spec.name}`, (docker) =>
    docker.createContainer(createOptions(spec, hostPort)),
  );
  return id;
}

/** Makes and starts a container; its id. Between the look at a port and the start another program may take it: then any port will do. */
export async function startContainer(daemon: Daemon, spec: ContainerSpec, emit: Emit): Promise<string> {
  const id = await createContainer(daemon, spec, emit);
  try {
    await daemon.ask(`the start of ${spec.name}`, (docker) => docker.getContainer(id).start());
    return id;
  } catch (error) {
    await removeContainer(daemon, id, 0);
    if (!(error instanceof SparkctlError) || error.code !== 'port-taken') throw error;
  }
  const second = await createWith(daemon, spec, () => undefined);
  await daemon.ask(`the start of ${spec.name}`, (docker) => docker.getContainer(second).start());
  return second;
}

/** Ends a container with SIGTERM, after `graceMs` with SIGKILL, and removes it together with the volumes of its own. */
export async function removeContainer(daemon: Daemon, id: string, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    await allow(
      [304, 404],
      daemon.ask('the end of a container', (docker) =>
        docker.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) }),
      ),
    );
  }
  // 409: it is being removed already.
  await allow(
    [404, 409],
    daemon.ask('the removal of a container', (docker) =>
      docker.getContainer(id).remove({ force: true, v: true }),
    ),
  );
}

async function allow(statuses: readonly number[], request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  }
}

/** One piece of a container's output. */
interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerLength = 8;

/**
 * Takes apart what Docker sends of a container's two streams: each piece has a header of eight bytes, the first of which
 * names the stream and the last four the length. Pieces may be cut anywhere on their way here.
 */
export function demultiplexer(): (chunk: Uint8Array) => readonly OutputPiece[] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const pieces: OutputPiece[] = [];
    while (held.length >= headerLength) {
      const end = headerLength + held.readUInt32BE(4);
      if (held.length < end) break;
      pieces.push({ stream: held[0] === 2 ? 'stderr' : 'stdout', bytes: held.subarray(headerLength, end) });
      held = held.subarray(end);
    }
    return pieces;
  };
}

interface LogWishes {
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Only so many of the last lines. */
  readonly tail?: number;
}

/** The lines that a container wrote to stdout and stderr; with `follow` until it ends or the signal aborts. */
export async function* containerLogs(
  daemon: Daemon,
  id: string,
  { follow, signal, tail }: LogWishes,
): AsyncGenerator<string> {
  const split = demultiplexer();
  const partial = { stdout: '', stderr: '' };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const linesOf = function* (chunk: Uint8Array) {
    for (const { stream, bytes } of split(chunk)) {
      const lines = (partial[stream] + decoders[stream].decode(bytes, { stream: true })).split('\n');
      partial[stream] = lines.pop() ?? '';
      for (const line of lines) yield line.replace(/\r$/, '');
    }
  };
  const wanted = { stdout: true, stderr: true, ...(tail === undefined ? {} : { tail }) };
  if (!follow) {
    yield* linesOf(
      await daemon.ask('the log of a container', (docker) =>
        docker.getContainer(id).logs({ ...wanted, follow: false }),
      ),
    );
  } else {
    const stream = await daemon.ask('the log of a container', (docker) =>
      docker.getContainer(id).logs({ ...wanted, follow: true, abortSignal: signal }),
    );
    try {
      for await (const chunk of stream) yield* linesOf(chunk as Buffer);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  for (const rest of Object.values(partial)) if (rest !== '') yield rest;
}

/** The last lines of a container's log; none where it cannot be had. */
export async function lastLogLines(daemon: Daemon, id: string): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    const signal = new AbortController().signal;
    for await (const line of containerLogs(daemon, id, { follow: false, signal, tail: mostLogLines }))
      lines.push(line);
  } catch {
    // The message is about something else; a log that cannot be had must not take its place.
  }
  return lines;
}
