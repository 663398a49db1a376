import { get } from 'node:http';

/**
 * The body of a page that answers with 200, or undefined. Node's `fetch` is not used: when a connection is closed before
 * an answer, as Docker does while a container's port is not open yet, its promise never settles, and nothing keeps the
 * process alive meanwhile (seen with Node 20).
 */
export async function httpGet(url: string, timeoutMs: number): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const give = (answer?: string) => {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => give(), timeoutMs);
    const request = get(url, { agent: false, headers: { connection: 'close' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', () => give());
      response.once('end', () =>
        give(response.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined),
      );
    });
    request.once('error', () => give());
  });
}
