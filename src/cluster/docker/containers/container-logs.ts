import type { Daemon } from '../daemon/connect-docker.ts';
import { demultiplexer } from './demultiplex.ts';

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

/** The last lines of a container's log, indented, for an error message. */
export async function lastLogLines(daemon: Daemon, id: string, count: number): Promise<string> {
  const lines: string[] = [];
  try {
    const signal = new AbortController().signal;
    for await (const line of containerLogs(daemon, id, { follow: false, signal, tail: count * 3 })) {
      if (line.trim() !== '') lines.push(`  ${line.slice(0, 400)}`);
    }
  } catch {
    // The message is about something else; a log that cannot be had must not take its place.
  }
  return lines.length === 0 ? '  (nothing)' : lines.slice(-count).join('\n');
}
