import { cp } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipEnvironment } from '../../src/spark/certificates.ts';
import { guideExample } from '../support/guide.ts';
import { soon } from '../support/soon.ts';
import { repository } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

let project: TemporaryProject;
/** Nothing of sparkctl or of its runtime: only a Java, that is to start soon, and the environment's own Python. */
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  project = temporaryProject();
  const spark = testInstallation();
  const [{ home }, { python }] = await Promise.all([spark.java(), spark.runtime()]);
  const { PYTHONPATH, SPARK_HOME, PYSPARK_PYTHON, PYSPARK_DRIVER_PYTHON, ...others } = process.env;
  await execa(python, ['-m', 'venv', project.path('venv')], { env: others, extendEnv: false });
  // setuptools builds in the folder of the source.
  for (const part of ['pyproject.toml', 'sparkctl_io']) {
    await cp(join(repository, 'spark', part), project.path('spark', part), { recursive: true });
  }
  const pip = ['-m', 'pip', 'install', '--quiet', './spark'];
  environment = {
    ...others,
    JAVA_HOME: home,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_SUBMIT_OPTS: soon,
    PATH: [project.path('venv/bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  };
  await execa(project.path('venv/bin/python'), pip, {
    cwd: project.folder,
    env: { ...pipEnvironment(environment) },
    extendEnv: false,
  });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function python(...words: readonly string[]): Promise<string> {
  const { stdout } = await execa('python', words, {
    cwd: project.path('work'),
    env: environment,
    extendEnv: false,
  });
  return stdout;
}

function rows(sql: string): unknown[] {
  const database = new Sqlite(project.path('work/shop.db'), { readonly: true });
  try {
    return database.prepare(sql).raw().all();
  } finally {
    database.close();
  }
}

describe('sparkctl_io in an environment that pip has filled', () => {
  it('is there with its types and its licence', async () => {
    await project.write(
      'work/find.py',
      [
        'import importlib.metadata, json, pathlib, sparkctl_io',
        'folder = pathlib.Path(sparkctl_io.__file__).parent',
        'license = importlib.metadata.metadata("sparkctl-io")["License-Expression"]',
        'print(json.dumps([str(folder), (folder / "py.typed").exists(), license]))',
      ].join('\n'),
    );
    const [folder, typed, license] = JSON.parse(await python('find.py'));
    expect(folder).toContain(project.path('venv/lib/'));
    expect([typed, license]).toEqual([true, 'Apache-2.0']);
  });

  it('runs the first job of the guide with plain Python', async () => {
    await project.write('work/people.py', await guideExample('python', 'appName("people")'));
    await python('people.py');
    expect(rows('SELECT * FROM people ORDER BY id')).toEqual([
      [1, 'Ada'],
      [2, 'Grace'],
    ]);
  });

  it('runs its whole job, which keeps what it rejects', async () => {
    await project.write('work/orders.py', await guideExample('python', 'ORDERS = '));
    await project.write('work/orders.csv', await guideExample('csv', 'Edsger'));
    expect(await python('orders.py', 'orders.csv', 'shop.db', 'monday')).toBe(
      '2 of 9 lines are in the table',
    );
    expect(rows('SELECT line, reason FROM orders_quarantine ORDER BY line')).toEqual([
      [3, 'negative-price'],
      [5, 'duplicate-key'],
      [6, 'missing-key'],
      [8, 'wrong-type'],
      [9, 'wrong-type'],
    ]);
  });
});
