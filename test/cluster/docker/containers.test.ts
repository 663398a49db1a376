import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { demultiplexer } from '../../../src/cluster/docker/containers.ts';
import { whyGone } from '../../../src/cluster/docker/docker-status.ts';
import { driverExit } from '../../../src/cluster/docker/drivers.ts';
import { portIsFree } from '../../../src/cluster/free-port.ts';
import { httpGet } from '../../../src/cluster/spark-pages.ts';

describe("a container's output", () => {
  const piece = (stream: number, bytes: Buffer) => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(bytes.length, 4);
    return Buffer.concat([header, bytes]);
  };
  const bytes = Buffer.from([0, 255, 10, 1, 2]);
  const sent = Buffer.concat([
    piece(1, bytes),
    piece(2, Buffer.from('err')),
    piece(1, Buffer.alloc(0)),
    piece(1, Buffer.from('out')),
  ]);

  it.each([1, 3, 7, 8, 9, 1000])('is taken apart byte for byte when it comes in pieces of %i', (size) => {
    const split = demultiplexer();
    const out: Record<string, Buffer[]> = { stdout: [], stderr: [] };
    for (let at = 0; at < sent.length; at += size) {
      for (const { stream, bytes: part } of split(sent.subarray(at, at + size)))
        out[stream]?.push(Buffer.from(part));
    }
    expect(Buffer.concat(out['stdout'] ?? [])).toEqual(Buffer.concat([bytes, Buffer.from('out')]));
    expect(Buffer.concat(out['stderr'] ?? []).toString()).toBe('err');
  });
});

describe('the end of a container', () => {
  it.each([
    [{ OOMKilled: true, ExitCode: 137, Error: '' }, 'it ran out of memory (limit 512 MiB)'],
    [{ OOMKilled: false, ExitCode: 137, Error: '' }, 'it was killed (exit code 137)'],
    [{ OOMKilled: false, ExitCode: 143, Error: '' }, 'it was told to end (exit code 143)'],
    [{ OOMKilled: false, ExitCode: 127, Error: 'no such file' }, 'it could not be started: no such file'],
    [{ OOMKilled: false, ExitCode: 3, Error: '' }, 'it ended with exit code 3'],
  ])('%j', (state, words) => {
    expect(whyGone(state, 512 * 1024 ** 2)).toBe(words);
  });

  it('of a driver is its exit code, and the signal where there was one', () => {
    expect(driverExit({ ExitCode: 7, OOMKilled: false })).toEqual({ exitCode: 7 });
    expect(driverExit({ ExitCode: 143, OOMKilled: false })).toEqual({ exitCode: 143, signal: 'SIGTERM' });
    expect(driverExit({ ExitCode: 137, OOMKilled: true })).toEqual({
      exitCode: 137,
      signal: 'SIGKILL',
      outOfMemory: true,
    });
  });
});

describe('a page', () => {
  it('that closes the connection, stays silent or fails gives no answer', async () => {
    const closing = createTcpServer((socket) => socket.end());
    const silent = createTcpServer();
    const failing = createServer((_, response) => response.writeHead(500).end('no'));
    const answering = createServer((_, response) => response.end('yes'));
    const servers = [closing, silent, failing, answering];
    try {
      const answers = await Promise.all(
        servers.map(async (server) => {
          await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
          const address = server.address();
          // Only the silent one may take all the time there is.
          const timeoutMs = server === silent ? 300 : 60_000;
          return await httpGet(
            `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
            timeoutMs,
          );
        }),
      );
      expect(answers).toEqual([undefined, undefined, undefined, 'yes']);
    } finally {
      for (const server of servers) server.close();
    }
  });
});

describe('a port', () => {
  it('is free until somebody listens', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await portIsFree(port, '127.0.0.1')).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await portIsFree(port, '127.0.0.1')).toBe(true);
  });
});
