import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runtimeContents, runtimeFolder } from '../../src/spark/managed-runtime.ts';
import { countingPrograms } from '../support/counting-programs.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

/** Writes the record of a runtime that is there as far as anybody can see, and returns the record's path. */
async function aRuntime(project: TemporaryProject, environment: Readonly<Record<string, string>>) {
  const folder = runtimeFolder(await runtimeContents(), environment).slice(project.folder.length + 1);
  const sparkHome = project.path(folder, 'spark');
  await project.write(join(folder, 'spark', 'bin', 'spark-submit'), '');
  const runtime = {
    sparkHome,
    python: await project.write(join(folder, 'python'), ''),
    pythonVersion: '3.12.1',
    sparkVersion: '4.3.0',
    scalaVersion: '2.13',
  };
  const record = await project.write(
    join(folder, 'runtime.json'),
    JSON.stringify({ schemaVersion: 1, ...runtime }),
  );
  return { runtime, record };
}

it('looks for each program and for the record of the runtime once', async () => {
  await using project = temporaryProject();
  const programs = await countingPrograms(project, {
    java: `echo 'openjdk version "21.0.2"' >&2`,
    python: 'exit 1',
  });
  const environment = {
    ...programs.environment,
    PATH: '/usr/bin:/bin',
    SPARKCTL_CACHE: project.path('cache'),
  };
  const { runtime, record } = await aRuntime(project, environment);
  const spark = testInstallation(environment);
  expect(programs.probes('java'), 'nothing is looked for before it is needed').toBe(0);
  expect(await Promise.all([spark.obstacle(), spark.java(), spark.runtime()])).toEqual([
    undefined,
    { home: project.path('java-home'), version: '21.0.2' },
    runtime,
  ]);
  await rm(record);
  expect(await spark.versions()).toEqual({ spark: '4.3.0', java: '21.0.2', python: '3.12.1' });
  expect(await spark.obstacle()).toBeUndefined();
  expect(programs.probes('java')).toBe(1);
  expect(programs.probes('python'), 'a runtime that is there needs no other Python').toBe(0);
});

it('asks for a Python once where there is no runtime, and names what is wrong with it', async () => {
  await using project = temporaryProject();
  const programs = await countingPrograms(project, {
    java: `echo 'openjdk version "21.0.2"' >&2`,
    python: `echo '{"executable": "/own", "version": "3.9.1", "missing": null}'`,
  });
  const environment = { ...programs.environment, PATH: '', SPARKCTL_CACHE: project.path('cache') };
  const spark = testInstallation(environment);
  expect(await spark.obstacle()).toMatchObject({ code: 'no-python' });
  await expect(spark.runtime()).rejects.toMatchObject({ code: 'no-python' });
  expect(programs.probes('python')).toBe(1);
});
