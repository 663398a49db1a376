import type { BackendContext } from '../../backend.ts';
import type { BuildLog } from './build-log.ts';

/** Reads what the daemon says to its end, and tells each line as activity. Rejects with the signal's reason when it aborts. */
export async function followStream(
  stream: NodeJS.ReadableStream,
  log: BuildLog,
  { emit, signal }: Pick<BackendContext, 'emit' | 'signal'>,
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      for (const line of log.take(text)) emit({ kind: 'image-output', line });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  signal.throwIfAborted();
}
