import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCluster, formatClusterList } from '../../src/cli/render/clusters.ts';
import { formatError } from '../../src/cli/render/format.ts';
import { makeProgress } from '../../src/cli/render/progress.ts';
import { formatRunDetails, formatRunDiff, formatRunList } from '../../src/cli/render/runs.ts';
import { dockerRecords } from '../../src/cluster/docker/cluster-record.ts';
import { readLedger } from '../../src/job/datasets/ledger.ts';
import { listClusters } from '../../src/operations/clusters.ts';
import { diffRuns } from '../../src/run/record/diff-runs.ts';
import { findRun, readRuns } from '../../src/run/record/run-store.ts';
import { renderReport } from '../../src/run/report/render-report.ts';
import { printableJson } from '../../src/system/errors/printable.ts';
import { foreseen } from '../../src/system/errors/sparkctl-error.ts';
import { ownIdentity } from '../../src/system/processes/process-identity.ts';
import { aRun } from '../run/a-run.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { aClusterRecord } from '../support/strange-records.ts';
import { fuzzTimeoutMs, holdsForAll } from './fuzz.ts';
import { hostileName, spoiltJson, unprintable } from './hostile.ts';
import { aWorld } from './world.ts';

const here = await ownIdentity();
const places = [
  { ...here, startedAt: '1' },
  { ...here, startedAt: '1', pidNamespace: 'pid:[1]' },
  { pid: here.pid, startedAt: '1' },
];
const { id } = aRun();
const aName = fc.oneof(fc.constantFrom(id, 'etl-20260131-120000-bbbbbb', 'default'), hostileName);
const owner = fc.constantFrom(...places);

const runFile = owner.chain((who) =>
  spoiltJson(aRun({ state: 'running', owner: who, message: 'm', hint: 'h', metrics: { k: 1 } })),
);
const clusterFile = owner.chain((who) => spoiltJson(aClusterRecord('default', who)));
const dockerFile = spoiltJson({
  schemaVersion: 1,
  backend: 'docker',
  plan: { name: 'default', workers: 2, workerCores: 1, workerMemoryMb: 1024, ephemeral: true },
  image: 'x',
  uid: 1001,
});

const state = fc.record({
  runs: fc.array(fc.tuple(aName, runFile), { maxLength: 3 }),
  clusters: fc.array(fc.tuple(aName, clusterFile, dockerFile), { maxLength: 2 }),
});
type State = typeof state extends fc.Arbitrary<infer Value> ? Value : never;

function write({ runs, clusters }: State, put: (path: string, content: string) => void): void {
  for (const [name, content] of runs) put(`.sparkctl/runs/${name}/run.json`, content);
  for (const [name, cluster, docker] of clusters) {
    put(`.sparkctl/clusters/${name}/cluster.json`, cluster);
    put(`.sparkctl/clusters/${name}/docker.json`, docker);
  }
}

const plain = (_: unknown, text: string) => text;

describe('hostile records', { timeout: fuzzTimeoutMs }, () => {
  it('do no harm around the project, and nothing of them reaches a terminal as it is', async () => {
    await holdsForAll(
      fc.asyncProperty(state, async (drawn) => {
        await using world = aWorld();
        write(drawn, world.write);
        const before = world.surroundings();
        const shown: string[] = [];
        const terminal = await makeProgress(
          'plain',
          { stderr: { write: (text) => shown.push(String(text)) }, environment: {} },
          new AbortController().signal,
        );
        const failure = await foreseen(async () => {
          const clusters = await listClusters(world.context);
          shown.push(formatClusterList(clusters), printableJson(clusters, 2));
          for (const cluster of clusters) shown.push(formatCluster(cluster, plain));
        });
        const { runs, damaged } = await readRuns(world.project);
        shown.push(formatRunList(runs), printableJson({ runs, damaged }, 2));
        for (const { record } of runs) {
          expect(record.project).toBe(world.project);
          expect((await findRun(world.project, record.id)).id).toBe(record.id);
          shown.push(formatRunDetails(record, world.project, plain));
          shown.push(formatRunDiff(record, aRun(), diffRuns(record, aRun())));
          renderReport(record, []);
        }
        for (const [name] of drawn.clusters)
          await dockerRecords.read(world.project, name, world.context.emit);
        for (const event of world.events) terminal.show(event);
        if (failure !== undefined) shown.push(formatError(failure));
        expect(world.surroundings()).toBe(before);
        for (const text of shown) expect(text).not.toMatch(unprintable);
      }),
    );
  });

  it('are passed over by the command line', async () => {
    const seed = Number(process.env['SPARKCTL_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
    for (const each of fc.sample(state, { numRuns: 2, seed })) {
      await using world = aWorld();
      write(each, world.write);
      const before = world.surroundings();
      for (const words of ['runs', 'cluster']) {
        const { exitCode, stdout, stderr } = await sparkctl([words, 'list'], {
          cwd: world.project,
          env: world.context.environment,
        });
        expect(exitCode, `SPARKCTL_FUZZ_SEED=${seed} ${stderr}`).toBe(0);
        expect(stdout + stderr, `SPARKCTL_FUZZ_SEED=${seed}`).not.toMatch(unprintable);
      }
      expect(world.surroundings(), `SPARKCTL_FUZZ_SEED=${seed}`).toBe(before);
    }
  });

  it('of generated data are used or refused', async () => {
    const counted = { rows: 1, checksum: '0'.repeat(24) };
    const ledger = {
      schemaVersion: 1,
      dataset: 'users',
      generator: '1',
      seed: 1,
      rows: 2,
      defects: {},
      file: { bytes: 3, sha256: '0'.repeat(64) },
      read: 2,
      loaded: 1,
      quarantined: { x: counted },
      duplicates: counted,
      filtered: 0,
      columns: ['id'],
      checksum: '0'.repeat(24),
    };
    await holdsForAll(
      fc.asyncProperty(spoiltJson(ledger), async (content) => {
        await using world = aWorld();
        world.write('data/users.jsonl.ledger.json', content);
        const failure = await foreseen(() => readLedger(`${world.project}/data/users.jsonl`));
        if (failure !== undefined) expect(failure).toMatchObject({ code: 'bad-ledger', exitCode: 66 });
      }),
    );
  });
});
