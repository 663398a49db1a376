import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterBackend } from '../../src/cluster/backend.ts';
import type { ClusterPlan } from '../../src/cluster/cluster.ts';
import { clusterClaim } from '../../src/cluster/lock-cluster.ts';
import type { OperationContext } from '../../src/cluster/operation-context.ts';
import { pageAnswers, readMasterState } from '../../src/cluster/spark-pages.ts';
import { SparkctlError } from '../../src/system/errors/sparkctl-error.ts';
import { Claims } from '../../src/system/locks/claims.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

interface BackendUnderTest {
  readonly backend: ClusterBackend;
  /** Finds what is still there of a project's clusters: processes or containers, networks and volumes. */
  leftovers(project: string): Promise<readonly string[]>;
}

/** The contract of every backend, asked of a real cluster. */
export function backendContract({ backend, leftovers }: BackendUnderTest): void {
  describe(`the ${backend.kind} backend`, () => {
    let project: TemporaryProject;
    let context: OperationContext;
    const plan: ClusterPlan = {
      name: 'contract',
      workers: 2,
      workerCores: 1,
      workerMemoryMb: 1024,
      ephemeral: false,
      connect: false,
    };

    beforeAll(async () => {
      project = temporaryProject();
      context = testContext(project.folder);
      const { changed } = await backend.up(plan, context);
      expect(changed).toBe(true);
    });

    afterAll(async () => {
      await backend.down(plan.name, context);
      await project[Symbol.asyncDispose]();
    });

    it('has two registered workers, and a history server that answers', async () => {
      const status = await backend.status(plan.name, context);
      expect(status).toMatchObject({
        name: 'contract',
        backend: backend.kind,
        state: 'running',
        workers: { wanted: 2, alive: 2 },
      });
      expect(status?.nodes.map(({ name, state }) => [name, state]).sort()).toEqual([
        ['history', 'running'],
        ['master', 'running'],
        ['worker-1', 'registered'],
        ['worker-2', 'registered'],
      ]);
      expect(
        (await readMasterState(status?.links.master ?? ''))?.workers.map(({ cores, memory }) => [
          cores,
          memory,
        ]),
      ).toEqual([
        [1, 1024],
        [1, 1024],
      ]);
      const answers = async () => (await pageAnswers('history', status?.links.history ?? '')) || undefined;
      expect(await waitUntil(answers, { timeoutMs: 60_000 })).toBe(true);
      expect((await backend.list(context)).map(({ name }) => name)).toEqual(['contract']);
    });

    it('does nothing when all is as planned', async () => {
      const before = await backend.status(plan.name, context);
      const { changed, status } = await backend.up(plan, context);
      expect(changed).toBe(false);
      expect(status.nodes.map(({ id }) => id)).toEqual(before?.nodes.map(({ id }) => id));
    });

    it('grows and shrinks without touching the nodes that stay', async () => {
      const before = await backend.status(plan.name, context);
      const grown = await backend.scale(plan.name, 3, context);
      expect(grown.workers).toEqual({ wanted: 3, alive: 3 });
      const shrunk = await backend.scale(plan.name, 2, context);
      expect(shrunk.workers.wanted).toBe(2);
      expect(shrunk.nodes.map(({ name, id }) => [name, id]).sort()).toEqual(
        before?.nodes.map(({ name, id }) => [name, id]).sort(),
      );
    });

    it('is taken as it is by a run, whatever size that would have made', async () => {
      const { changed, status } = await backend.up({ ...plan, workers: 3 }, { ...context, run: 'a-run' });
      expect([changed, status.workers]).toEqual([false, { wanted: 2, alive: 2 }]);
    });

    it('is neither changed nor taken down while a run uses it', async () => {
      await using claims = new Claims({
        project: project.folder,
        run: 'a-run',
        reclaim: async () => {},
        onStopWanted: () => {},
      });
      await claims.tryToAdd([clusterClaim(plan.name)]);
      const before = await backend.status(plan.name, context);
      const inUse = 'Cluster contract is in use by run a-run.';
      await expect(backend.down(plan.name, context)).rejects.toThrow(inUse);
      await expect(backend.scale(plan.name, 3, context)).rejects.toThrow(inUse);
      for (const other of [{ workers: 3 }, { workers: 1 }, { workerMemoryMb: 1100 }])
        await expect(backend.up({ ...plan, ...other }, context)).rejects.toThrow(inUse);
      expect((await backend.up(plan, context)).changed).toBe(false);
      const after = await backend.status(plan.name, context);
      expect(after?.nodes.map(({ id }) => id)).toEqual(before?.nodes.map(({ id }) => id));
    });

    it('shows the log of each node, and names the nodes there are', async () => {
      const lines: string[] = [];
      for await (const line of backend.logs(plan.name, 'worker-1', false, context)) lines.push(line);
      expect(lines.join('\n')).toContain('Successfully registered with master');
      const unknown = async () => {
        for await (const line of backend.logs(plan.name, 'worker-9', false, context)) lines.push(line);
      };
      await expect(unknown()).rejects.toThrow('Cluster contract has no node called worker-9.');
    });

    it('is not there for another project', async () => {
      await using other = temporaryProject();
      const elsewhere = { ...context, project: other.folder };
      expect(await backend.status(plan.name, elsewhere)).toBeUndefined();
      expect(await backend.down(plan.name, elsewhere)).toBe(false);
      await expect(backend.scale(plan.name, 1, elsewhere)).rejects.toThrow(SparkctlError);
      expect((await backend.status(plan.name, context))?.workers.alive).toBe(2);
    });

    it('leaves nothing when the start is interrupted', async () => {
      const controller = new AbortController();
      const reason = new SparkctlError({ code: 'interrupted', category: 'interrupted', message: 'enough' });
      const starting = backend.up(
        { ...plan, name: 'interrupted' },
        {
          ...context,
          signal: controller.signal,
          emit: (event) =>
            ['node-ready', 'waiting-for-nodes'].includes(event.kind) && controller.abort(reason),
        },
      );
      await expect(starting).rejects.toThrow('enough');
      expect(await backend.status('interrupted', context)).toBeUndefined();
    });

    it('leaves nothing after down', async () => {
      expect(await backend.down(plan.name, context)).toBe(true);
      expect(await backend.down(plan.name, context)).toBe(false);
      expect(await backend.status(plan.name, context)).toBeUndefined();
      expect(await leftovers(project.folder)).toEqual([]);
    });
  });
}
