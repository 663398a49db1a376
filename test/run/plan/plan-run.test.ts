import { describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../src/cluster/cluster.ts';
import type { Manifest } from '../../../src/job/manifest/manifest.ts';
import { type FoundPlace, planRun, type RunFacts, submissionTo } from '../../../src/run/plan/plan-run.ts';
import { type GivenSparkOption, sparkSubmitArguments } from '../../../src/spark/spark-submit.ts';

const none: FoundPlace = { kind: 'none', choice: { kind: 'local', reason: { why: 'possible' } } };

interface Parts extends Partial<Omit<RunFacts, 'given'>> {
  readonly options?: readonly GivenSparkOption[];
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

function facts({ options = [], files = {}, environment = {}, ...parts }: Parts = {}): RunFacts {
  const { job = { name: 'etl', application: '/p/jobs/etl.py' }, request = { application: 'jobs/etl.py' } } =
    parts;
  return {
    id: 'etl-20260131-120000-aaaaaa',
    project: '/p',
    hasSecrets: false,
    ...parts,
    job,
    request: { ...request, sparkOptions: options },
    given: {
      options,
      manifest: job.manifest && { file: 'jobs/etl.yaml', conf: job.manifest.conf },
      files: [{ path: '/p/spark-defaults.conf', properties: files }],
      environment,
    },
  };
}

function running(parts: Partial<ClusterStatus> = {}): FoundPlace {
  const status: ClusterStatus = {
    name: 'default',
    backend: 'docker',
    state: 'running',
    ephemeral: false,
    master: 'spark://m:7077',
    workers: { wanted: 2, alive: 2 },
    workerCores: 1,
    workerMemoryMb: 1024,
    links: { master: '', history: '' },
    nodes: [],
    ...parts,
  };
  return { kind: 'running', status };
}

const option = (name: GivenSparkOption['name'], value: string): GivenSparkOption => ({ name, value });

describe('the place of a run', () => {
  it('is a new cluster of its own, large enough for its executors', () => {
    const options = [option('--executor-memory', '3g'), option('--executor-cores', '2')];
    expect(planRun(facts({ options }), none).place).toEqual({
      kind: 'new',
      backend: 'local',
      name: 'etl-20260131-120000-aaaaaa',
      reason: 'Java and Python are here',
      cluster: {
        name: 'etl-20260131-120000-aaaaaa',
        workers: 2,
        workerCores: 2,
        workerMemoryMb: 3072,
        ephemeral: true,
        connect: false,
      },
      demand: { memoryMb: 3072, cores: 2 },
    });
  });

  it('is a cluster that stays where it is to be kept, of the size that the flags and then the manifest ask for', () => {
    const manifest = {
      conf: {},
      arguments: [],
      cluster: { workers: 3, workerCores: 4 },
    } as unknown as Manifest;
    const job = { name: 'etl', application: '/p/jobs/etl.py', manifest };
    const request = { application: 'jobs/etl.py', keep: true, cluster: { workers: 5 } };
    expect(planRun(facts({ job, request }), none).place).toMatchObject({
      name: 'default',
      cluster: { workers: 5, workerCores: 4, ephemeral: false },
    });
  });

  it('is the cluster that runs', () => {
    expect(planRun(facts(), running()).place).toEqual({
      kind: 'running',
      backend: 'docker',
      name: 'default',
    });
  });

  it.each([
    ['an option', { options: [option('--master', 'local[1]')] }, '--master local[1]'],
    ['a file', { files: { 'spark.master': 'local[1]' } }, 'spark.master local[1] in /p/spark-defaults.conf'],
  ])('is the master that is named by %s', (_, parts, reason) => {
    const { place } = planRun(facts(parts), { kind: 'external' });
    expect(place).toEqual({ kind: 'external', backend: 'external', name: 'local[1]', reason });
  });

  it('has a tag for YARN where the driver runs within it', () => {
    const options = [option('--master', 'yarn'), option('--deploy-mode', 'cluster')];
    const { place, submission } = planRun(facts({ options }), { kind: 'external' });
    expect(place).toMatchObject({ name: 'yarn', yarnTag: 'etl-20260131-120000-aaaaaa' });
    expect(submission.options.at(-1)).toEqual(option('--conf', 'spark.yarn.tags=etl-20260131-120000-aaaaaa'));
  });

  it.each([
    [
      'an executor that is too large',
      [option('--executor-memory', '2g')],
      running(),
      'executor-does-not-fit',
    ],
    ['executors with too many cores', [option('--executor-cores', '2')], running(), 'executor-does-not-fit'],
    ['a cluster without a worker', [], running({ workers: { wanted: 2, alive: 0 } }), 'no-worker'],
    ['cluster mode on a cluster of sparkctl', [option('--deploy-mode', 'cluster')], none, 'cluster-mode'],
    [
      'cluster mode on a standalone master',
      [option('--master', 'spark://m:7077'), option('--deploy-mode', 'cluster')],
      { kind: 'external' } as const,
      'cluster-mode',
    ],
  ])('is refused for %s', (_, options, found, code) => {
    expect(() => planRun(facts({ options }), found)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the submission of a run', () => {
  it('has what the cluster needs before all that it says itself', () => {
    const manifest = {
      conf: { 'spark.x': 'manifest' },
      arguments: ['${run}', '${artifacts}'],
      cluster: {},
    } as unknown as Manifest;
    const job = { name: 'etl', application: '/p/jobs/a#b.py', manifest };
    const request = { application: 'jobs/a#b.py', applicationArguments: ['own'] };
    const options = [option('--conf', 'spark.x=option')];
    const { submission } = planRun(facts({ job, request, options }), none);
    const connection = { master: 'spark://m:7077', properties: { 'spark.x': 'cluster' }, secrets: [] };
    expect(sparkSubmitArguments(submissionTo(connection, submission))).toEqual([
      ...['--master', 'spark://m:7077'],
      ...['--conf', 'spark.x=manifest'],
      ...['--conf', 'spark.eventLog.compress=false'],
      ...['--conf', 'spark.ui.killEnabled=false'],
      ...['--conf', 'spark.sparkctl.run=etl-20260131-120000-aaaaaa'],
      ...['--conf', 'spark.x=option'],
      'file:///p/jobs/a%23b.py',
      'etl-20260131-120000-aaaaaa',
      '/p/.sparkctl/runs/etl-20260131-120000-aaaaaa/artifacts',
      'own',
    ]);
  });

  it.each([
    ['nothing else is said', [], true],
    ['it is to go elsewhere', [option('--conf', 'spark.eventLog.dir=/elsewhere')], false],
    ['a Connect server has the driver', [option('--remote', 'sc://h')], false],
  ])('to an external master leaves the event log in the run folder: %s', (_, more, isThere) => {
    const options = [option('--master', 'local[1]'), ...more];
    const { submission } = planRun(facts({ options }), { kind: 'external' });
    expect('spark.eventLog.dir' in (submission.properties[0] ?? {})).toBe(isThere);
  });

  it.each([
    ['/p/a.py', 'connect'],
    ['/p/a.jar', undefined],
  ])('tells a Python script alone of the Connect server that --remote names: %s', (application, mode) => {
    const job = { name: 'a', application };
    const { submission } = planRun(facts({ job, options: [option('--remote', 'sc://h')] }), {
      kind: 'external',
    });
    expect(submission.properties[0]?.['spark.api.mode']).toBe(mode);
  });

  it.each([
    ['there is a secret', true, [], true],
    ['there is none', false, [], false],
    ['the person has a pattern of their own', true, [option('--conf', 'spark.redaction.regex=x')], false],
  ])('tells Spark what to blank: %s', (_, hasSecrets, options, redactsSpark) => {
    expect(planRun(facts({ hasSecrets, options }), none).redactsSpark).toBe(redactsSpark);
  });
});
