import { createServer } from 'node:net';

/** The address that everything of a local cluster is bound to. */
export const loopback = '127.0.0.1';

/** The number of ports after the usual one that are tried before any free one is taken. */
const neighbours = 32;

/** The usual port, or where that is taken the next free one after it; ports in `reserved` count as taken. */
export async function choosePort(usual: number, reserved: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = usual; port < usual + neighbours; port++) {
    if (!reserved.has(port) && (await tryToListen(port)) !== undefined) return port;
  }
  const any = await tryToListen(0);
  if (any === undefined) throw new Error(`no free port on ${loopback}`);
  return any;
}

async function tryToListen(port: number): Promise<number | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/** Tells whether a program could listen on a port of this host now. */
export async function portIsFree(port: number, address: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
