import { describe, expect, it } from 'vitest';
import { ApplicationProgress } from '../../../src/run/application/application-progress.ts';

/** Lines of a driver of Spark 4.3.0, two executors and a stage of four tasks, shortened where nothing is read. */
const log = `
2026-11-29 09:58:00.130 INFO SparkContext: Running Spark version 4.3.0
2026-11-29 09:58:00.769 INFO StandaloneSchedulerBackend: Connected to Spark cluster with app ID app-20261129095800-0004
2026-11-29 09:58:04.741 INFO StandaloneSchedulerBackend$StandaloneDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) (127.0.0.1:55834) with ID 1, ResourceProfileId 0
2026-11-29 09:58:05.396 INFO StandaloneSchedulerBackend$StandaloneDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) (127.0.0.1:55842) with ID 0, ResourceProfileId 0
2026-11-29 09:58:08.444 INFO DAGScheduler: Submitting 4 missing tasks from ResultStage 1 (MapPartitionsRDD[12] at collect at /home/me/jobs/etl.py:45) (first 15 tasks are for partitions Vector(0, 1, 2, 3))
2026-11-29 09:58:08.446 INFO TaskSetManager: Starting task 0.0 in stage 1.0 (TID 2) (127.0.0.1,executor 1, partition 0, PROCESS_LOCAL, 10087 bytes) 
`.split('\n');
const finished = (task: number, done: number) =>
  `2026-11-29 09:58:21.218 INFO TaskSetManager: Finished task ${task}.0 in stage 1.0 (TID 2) in 12773 ms on 127.0.0.1 (executor 1) (${done}/4)`;

function progressAt() {
  const clock = { now: 0 };
  const progress = new ApplicationProgress(() => clock.now);
  for (const line of log) progress.note(line);
  return { progress, clock };
}

describe('the progress of an application', () => {
  it('knows its executors, and of each stage that runs its tasks and its action', () => {
    const { progress } = progressAt();
    expect(progress.state()).toEqual({
      executors: 2,
      stages: [{ id: 1, name: 'collect at etl.py:45', tasks: 4, done: 0, failed: 0 }],
      stagesDone: 0,
      waits: false,
    });
  });

  it('reckons with what the tasks that are done have taken, once one is', () => {
    const { progress, clock } = progressAt();
    clock.now = 12_000;
    expect(progress.note(finished(0, 1))).toBe(true);
    expect(progress.state().stages).toEqual([
      { id: 1, name: 'collect at etl.py:45', tasks: 4, done: 1, failed: 0, remainingMs: 36_000 },
    ]);
  });

  it('counts attempts that failed, executors that are lost, and stages that have ended', () => {
    const { progress } = progressAt();
    progress.note(
      '2026-11-29 09:58:21.218 WARN TaskSetManager: Lost task 3.0 in stage 1.0 (TID 5) (127.0.0.1 executor 0): ExecutorLostFailure',
    );
    progress.note('2026-11-29 09:58:21.300 INFO DAGScheduler: Executor lost: 0 (epoch 1)');
    expect(progress.state()).toMatchObject({ executors: 1, stages: [{ failed: 1 }] });
    progress.note(
      '2026-11-29 09:58:29.282 INFO DAGScheduler: ResultStage 1 (collect at /home/me/jobs/etl.py:45) finished in 20847 ms',
    );
    expect(progress.state()).toMatchObject({ stages: [], stagesDone: 1 });
  });

  it('knows the id that the master has given it, and whether it has got anything yet', () => {
    const progress = new ApplicationProgress();
    const waits =
      '2026-11-29 09:58:30.000 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI';
    const [running = '', connected = '', executor = ''] = log.slice(1);
    progress.note(running);
    expect([progress.applicationId, progress.hasNothing]).toEqual([undefined, false]);
    progress.note(connected);
    progress.note(waits);
    expect([progress.applicationId, progress.hasNothing]).toEqual(['app-20261129095800-0004', true]);
    // When the run is ended, so is the stage.
    progress.note(
      '2026-11-29 09:58:31.000 INFO DAGScheduler: Submitting 2 missing tasks from ResultStage 0 (PythonRDD[1] at collect at a.py:1) (first',
    );
    progress.note(
      '2026-11-29 09:58:39.000 INFO DAGScheduler: ResultStage 0 (collect at a.py:1) failed in 9 s due to Job 0 cancelled',
    );
    expect([progress.state().stages, progress.hasNothing]).toEqual([[], true]);
    progress.note(executor);
    expect(progress.hasNothing).toBe(false);
  });

  it('tells that nobody takes its tasks, until somebody does', () => {
    const { progress } = progressAt();
    progress.note(
      '2026-11-29 09:58:30.000 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI to ensure that workers are registered and have sufficient resources',
    );
    expect(progress.state().waits).toBe(true);
    progress.note(log.at(-2) ?? '');
    expect(progress.state().waits).toBe(false);
  });

  it('is not moved by what only looks like it', () => {
    const progress = new ApplicationProgress();
    for (const line of [
      '',
      finished(0, 1),
      'INFO DAGScheduler: Submitting 4 missing tasks from ResultStage 1 (RDD at collect at x.py:1)',
      `2026-11-29 09:58:29.282 INFO DAGScheduler: ${'('.repeat(100_000)}`,
    ])
      progress.note(line);
    expect(progress.state()).toEqual({ executors: 0, stages: [], stagesDone: 0, waits: false });
  });

  it('keeps a bounded number of stages, whatever the log says', () => {
    const progress = new ApplicationProgress();
    for (let stage = 0; stage < 10_000; stage++)
      progress.note(
        `2026-11-29 09:58:08.444 INFO DAGScheduler: Submitting 2 missing tasks from ShuffleMapStage ${stage} (RDD[1] at count at NativeMethodAccessorImpl.java:0)`,
      );
    const { stages } = progress.state();
    expect(stages.length).toBeLessThan(100);
    expect(stages.at(-1)).toMatchObject({ id: 9999, name: 'count' });
  });
});
