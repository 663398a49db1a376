import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeDocker, leftovers } from '../cluster/docker/docker-tests.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { untilStandbyReady } from '../support/standby.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { expectCheckedEnd, expectExitCode, writeWaiting } from './taken-up-contract.ts';

describeDocker('a detached run on a Docker cluster whose sparkctl was killed', () => {
  let project: TemporaryProject;
  beforeAll(async () => {
    project = temporaryProject();
    await project.write('package.json', '{}');
    await writeWaiting(project);
    const words = ['cluster', 'up', '--backend', 'docker', '--workers', '1', '--worker-cores', '2'];
    const up = await sparkctl(words, { cwd: project.folder });
    expect(up.exitCode, up.stderr).toBe(0);
  });
  afterAll(async () => {
    await sparkctl(['cluster', 'down', '--all'], { cwd: project.folder });
    expect(await leftovers(project.folder)).toEqual([]);
    await project[Symbol.asyncDispose]();
  });

  it('is taken up with a driver of its own, checks its result, and leaves the next standby', async () => {
    const ended = await expectCheckedEnd(project, ['--conf', 'spark.executor.cores=1']);
    expect(ended.driver?.start).toBe('cold');
    await untilStandbyReady(project.folder);
  });

  it('is taken up with a standby driver', async () => {
    await untilStandbyReady(project.folder);
    const ended = await expectExitCode(project, ['--conf', 'spark.executor.cores=1']);
    expect(ended.driver?.start).toBe('warm');
  });

  it('ends with its exit code after its container has ended', async () => {
    const ended = await expectExitCode(project, ['--no-standby']);
    expect(ended.driver?.start).toBe('cold');
  });
});
