import { basename, join } from 'node:path';
import { runtimeContents, runtimeFolder } from '../../src/spark/managed-runtime.ts';
import type { TemporaryProject } from './temporary-project.ts';
import { testInstallation } from './test-context.ts';

/** A cache of a test's own that knows the runtime which all tests share, and nothing else. */
export async function ownCache(project: TemporaryProject): Promise<{ readonly SPARKCTL_CACHE: string }> {
  const runtime = await testInstallation().runtime();
  const key = basename(runtimeFolder(await runtimeContents(), process.env));
  const record = join('cache', 'runtimes', key, 'runtime.json');
  await project.write(record, JSON.stringify({ schemaVersion: 1, ...runtime }));
  return { SPARKCTL_CACHE: project.path('cache') };
}
