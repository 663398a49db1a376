import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { eventWords } from '../../src/cli/render/event-words.ts';
import { localBackend } from '../../src/cluster/local/local-backend.ts';
import { localRecords } from '../../src/cluster/local/local-cluster-record.ts';
import type { OperationContext } from '../../src/cluster/operation-context.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';
import { backendContract } from './backend-contract.ts';

backendContract({ backend: localBackend, leftovers: async (project) => sparkProcessesIn(project) });

/** Spark processes whose working folder lies in the project. */
function sparkProcessesIn(project: string): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`).startsWith(project) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('org.apache.spark')
        );
      } catch {
        return false;
      }
    });
}

const plan = {
  name: 'own',
  workers: 1,
  workerCores: 1,
  workerMemoryMb: 1024,
  ephemeral: false,
  connect: false,
};

function contextOf(project: string, events: SparkctlEvent[] = []): OperationContext {
  return testContext(project, { emit: (event) => events.push(event) });
}

describe('a local cluster', () => {
  it('takes other ports where the usual ones are taken, and listens on the loopback address alone', async () => {
    await using project = temporaryProject();
    const events: SparkctlEvent[] = [];
    const context = contextOf(project.folder, events);
    const servers = await Promise.all([7077, 8080, 18080].map(tryToListen));
    try {
      const { status } = await localBackend.up(plan, context);
      expect(status.master).not.toBe('spark://127.0.0.1:7077');
      const notes = events.map((event) => eventWords(event)?.text);
      expect(notes).toContainEqual(expect.stringMatching(/^Port 7077 is taken: the master uses \d+$/));
      expect(notes).toContainEqual(expect.stringMatching(/^Port 8080 is taken: the master's page uses \d+$/));
      expect(notes).toContainEqual(
        expect.stringMatching(/^Port 18080 is taken: the history server uses \d+$/),
      );
      const pids = new Set(status.nodes.map(({ id }) => id));
      const { stdout } = await execa('ss', ['-ltnpH']);
      const listening = stdout
        .split('\n')
        .filter((line) => [...pids].some((pid) => line.includes(`pid=${pid},`)));
      expect(listening.length).toBeGreaterThanOrEqual(4);
      expect(listening.filter((line) => !/\s(\[::ffff:)?127\.0\.0\.1\]?:\d+\s/.test(line))).toEqual([]);
    } finally {
      await localBackend.down(plan.name, context);
      for (const server of servers) server?.close();
    }
  });

  it('chooses again when a port is taken between the choice and the start', async () => {
    await using project = temporaryProject();
    const servers: (Server | undefined)[] = [await tryToListen(7077)];
    const thefts: { readonly port: number; readonly server: Promise<Server | undefined> }[] = [];
    const context: OperationContext = {
      ...contextOf(project.folder),
      // The master's port is chosen by then, and its process is not started yet.
      emit: (event) => {
        if (thefts.length > 0 || event.kind !== 'port-taken' || event.used === undefined) return;
        thefts.push({ port: event.used, server: tryToListen(event.used) });
      },
    };
    try {
      const { status } = await localBackend.up(plan, context);
      const [theft] = thefts;
      const stolen = await theft?.server;
      servers.push(stolen);
      expect(stolen).toBeDefined();
      expect(status).toMatchObject({ state: 'running', workers: { alive: 1 } });
      expect(status.master).not.toBe(`spark://127.0.0.1:${theft?.port}`);
    } finally {
      await localBackend.down(plan.name, context);
      for (const server of servers) server?.close();
    }
  });

  it('does not take the master of another cluster for its own, which was faster on the same ports', async () => {
    await using project = temporaryProject();
    const servers: (Server | undefined)[] = await Promise.all([7077, 8080].map(tryToListen));
    const chosen = new Map<number, number>();
    const context: OperationContext = {
      ...contextOf(project.folder),
      emit: (event) => {
        if (event.kind !== 'port-taken' || event.used === undefined || chosen.has(event.port)) return;
        chosen.set(event.port, event.used);
        const page = JSON.stringify({ url: `spark://127.0.0.1:${chosen.get(7077)}`, workers: [] });
        const other =
          event.port === 8080 ? createHttpServer((_, response) => response.end(page)) : createServer();
        servers.push(other.listen(event.used, '127.0.0.1'));
      },
    };
    try {
      const { status } = await localBackend.up(plan, context);
      expect(status).toMatchObject({ state: 'running', workers: { alive: 1 } });
      expect([...chosen.keys()]).toEqual(expect.arrayContaining([7077, 8080]));
      expect(status.master).not.toBe(`spark://127.0.0.1:${chosen.get(7077)}`);
      expect(status.links.master).not.toBe(`http://127.0.0.1:${chosen.get(8080)}`);
    } finally {
      await localBackend.down(plan.name, context);
      for (const server of servers) server?.close();
    }
  });

  it("chooses again when a worker's port is taken before it starts", async () => {
    await using project = temporaryProject();
    const taken: Promise<Server | undefined>[] = [];
    const context: OperationContext = {
      ...contextOf(project.folder),
      // Workers start once the master is ready.
      emit: (event) => {
        if (taken.length === 0 && event.kind === 'node-ready') taken.push(tryToListen(8081));
      },
    };
    try {
      const { status } = await localBackend.up(plan, context);
      expect(status).toMatchObject({ state: 'running', workers: { alive: 1 } });
      expect(status.nodes.find(({ role }) => role === 'worker')?.url).not.toBe('http://127.0.0.1:8081');
    } finally {
      await localBackend.down(plan.name, context);
      for (const server of await Promise.all(taken)) server?.close();
    }
  });

  it('chooses again when a port of a node that is added is taken before it starts', async () => {
    await using project = temporaryProject();
    const context = contextOf(project.folder);
    try {
      const { status: before } = await localBackend.up(plan, context);
      const scaled = localBackend.scale(plan.name, 2, context);
      // Its record is written before its process starts, and a JVM takes its port only later.
      const chosen = await waitUntil(
        async () => {
          const record = await localRecords.read(project.folder, plan.name);
          return record?.nodes.find(({ name }) => name === 'worker-2')?.webPort;
        },
        { timeoutMs: 30_000, intervalMs: 2 },
      );
      const thief = await tryToListen(chosen ?? 0);
      expect(thief).toBeDefined();
      const { nodes, workers } = await scaled;
      thief?.close();
      expect(workers).toEqual({ wanted: 2, alive: 2 });
      expect(nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(before.nodes.map(({ id }) => id)));
      expect(nodes.find(({ name }) => name === 'worker-2')?.url).not.toContain(`:${chosen}`);
    } finally {
      await localBackend.down(plan.name, context);
    }
  });

  it('never touches a process that merely has a recorded id', async () => {
    await using project = temporaryProject();
    const context = contextOf(project.folder);
    const stranger = execa('sleep', ['600'], { reject: false });
    try {
      await localBackend.up(plan, context);
      const record = await localRecords.read(project.folder, plan.name);
      if (record === undefined) throw new Error('no record');
      // The record of a machine that went down: its processes are gone, and their ids belong to others.
      await localBackend.down(plan.name, context);
      await localRecords.write(project.folder, record);
      await writeFile(
        localRecords.path(project.folder, plan.name),
        JSON.stringify({ ...record, pid: stranger.pid }),
      );
      expect(await localBackend.status(plan.name, context)).toMatchObject({
        state: 'degraded',
        workers: { wanted: 1, alive: 0 },
      });
      expect(await localBackend.down(plan.name, context)).toBe(true);
      expect(stranger.exitCode).toBe(null);
      process.kill(stranger.pid ?? 0, 0);
    } finally {
      stranger.kill();
    }
  });

  it('reclaims an ephemeral cluster whose sparkctl is dead, and no other', async () => {
    await using project = temporaryProject();
    const context = contextOf(project.folder);
    await localBackend.up({ ...plan, ephemeral: true }, context);
    expect(await localBackend.reclaim(context)).toEqual([]);
    const record = await localRecords.read(project.folder, plan.name);
    if (record === undefined) throw new Error('no record');
    await localRecords.write(project.folder, { ...record, owner: { ...record.owner, startedAt: '1' } });
    expect(await localBackend.reclaim(context)).toEqual(['own']);
    expect(sparkProcessesIn(project.folder)).toEqual([]);
  });
});

/** Listens on a port. Where a cluster of somebody else has it, it is taken well enough: undefined. */
async function tryToListen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
