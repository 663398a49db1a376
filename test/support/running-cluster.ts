import { sparkctl } from './sparkctl.ts';
import { type TemporaryProject, temporaryProject } from './temporary-project.ts';

/**
 * A project with a running local cluster that the tests of a file share. No driver waits on it, unless the options ask for
 * one: it would take cores and time from tests of other things.
 */
export async function projectWithCluster(
  workers = 2,
  options: readonly string[] = ['--no-standby'],
): Promise<TemporaryProject> {
  const project = temporaryProject();
  const words = [
    'cluster',
    'up',
    '--backend',
    'local',
    '--workers',
    String(workers),
    '--worker-memory',
    '1g',
    '--json',
    ...options,
  ];
  const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder });
  if (exitCode !== 0) throw new Error(`no cluster: ${stderr}`);
  return {
    ...project,
    async [Symbol.asyncDispose]() {
      const down = await sparkctl(['cluster', 'down', '--all'], { cwd: project.folder });
      if (down.exitCode !== 0) throw new Error(`the cluster is still there: ${down.stderr}`);
      await project[Symbol.asyncDispose]();
    },
  };
}
