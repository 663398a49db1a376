import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { httpGet, pageAnswers } from '../../src/cluster/spark-pages.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { killByPage } from '../cluster/kill-by-page.ts';
import { executorsSoon } from '../support/soon.ts';
import { startSparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const script = `
import json, os, time
from pyspark import SparkContext

context = SparkContext()
os.makedirs("told", exist_ok=True)
with open("told/new", "w") as file:
    json.dump({"application": context.applicationId, "driver": context.uiWebUrl}, file)
os.rename("told/new", "told/pages")

# Executors work in folders of their own.
released = os.path.abspath("told/released")

def until_released(n):
    while not os.path.exists(released):
        time.sleep(0.1)
    return n

print("sum", context.parallelize(range(2), 2).map(until_released).sum())
`;

it('lets nobody end an application by its pages, not even with the token that they hold; begins before the history server answers', async () => {
  await using project = temporaryProject();
  await project.write('waits.py', script);
  const size = ['--workers', '1', '--worker-memory', '1g'];
  const words = ['submit', '--backend', 'local', ...size, ...executorsSoon, '--progress', 'json', 'waits.py'];
  const running = startSparkctl(words, { cwd: project.folder });
  try {
    const told = project.path('told', 'pages');
    const isThere = () => (existsSync(told) || running.exitCode !== null ? true : undefined);
    expect(await waitUntil(isThere, { timeoutMs: 180_000 })).toBe(true);
    const { application, driver } = JSON.parse(await readFile(told, 'utf8'));
    const jobs = `${driver}/api/v1/applications/${application}/jobs`;
    const isWorking = async () => ((await httpGet(jobs, 2_000))?.includes('RUNNING') ? true : undefined);
    expect(await waitUntil(isWorking, { timeoutMs: 60_000 })).toBe(true);
    const { stdout } = await startSparkctl(['cluster', 'list', '--json'], { cwd: project.folder });
    const [{ links }] = JSON.parse(stdout).clusters;
    expect(await killByPage({ master: links.master, driver, application })).toEqual([]);
    expect(await isWorking()).toBe(true);
    const answers = async () => (await pageAnswers('history', links.history)) || undefined;
    expect(await waitUntil(answers, { timeoutMs: 60_000 })).toBe(true);
    await project.write('told/released', '');
    const ended = await running;
    expect([ended.exitCode, ended.stdout], ended.stderr).toEqual([0, 'sum 1\n']);
    const awaited = [...ended.stderr.matchAll(/^\{"kind":"node-ready","node":"(.*?)"/gm)].map(
      ([, node]) => node,
    );
    expect(awaited).toEqual(['master', 'worker-1']);
  } finally {
    running.kill();
    await running;
  }
});
