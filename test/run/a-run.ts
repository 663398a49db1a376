import type { RunRecord } from '../../src/run/record/run-record.ts';

/** A run record to be changed in what a test is about. */
export function aRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    id: 'etl-20260131-120000-aaaaaa',
    state: 'succeeded',
    exitCode: 0,
    job: { name: 'etl', script: '/p/jobs/etl.py', manifest: 'jobs/etl.yaml', arguments: [] },
    project: '/p',
    startedAt: '2026-01-31T12:00:00.000Z',
    finishedAt: '2026-01-31T12:00:30.000Z',
    durationMs: 30_000,
    owner: { pid: 1, startedAt: '1' },
    applicationIds: ['app-1'],
    cluster: { name: 'c', backend: 'local', master: 'spark://x', workers: 2, ephemeral: true, reason: 'so' },
    versions: { sparkctl: '0.1.0', node: '20.20.0', spark: '4.3.0' },
    command: [
      'spark-submit',
      '--conf',
      'spark.executor.memory=1g',
      '--conf',
      'spark.sparkctl.run=r',
      'etl.py',
    ],
    phases: [{ id: 'submit', title: 'submit', durationMs: 20_000, outcome: 'done' }],
    accounting: {
      read: 10,
      loaded: 8,
      quarantined: 1,
      duplicates: 1,
      filtered: 0,
      reasons: { 'wrong-type': 1 },
    },
    checks: [
      { kind: 'schema', name: 'schema', status: 'held', expected: 'a table', found: 'matches the manifest' },
    ],
    links: {},
    ...changes,
  };
}
