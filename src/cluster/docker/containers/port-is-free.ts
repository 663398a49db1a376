import { createServer } from 'node:net';

/** Whether a program could listen on a port of this host now. */
export async function portIsFree(port: number, address: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
