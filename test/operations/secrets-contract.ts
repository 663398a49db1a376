import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startedUntilPrinted } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

/** Characters that a file of properties, a shell or a command line could misread. */
const value = (name: string) => `canary-${name} ä\\n "x" =#;'$(id)`;

const script = `
import pathlib, sys, time
from pyspark import SparkContext

sc = SparkContext()
here = pathlib.Path(__file__).parent
for name in ("spark.my.password", "spark.my.credential"):
    print(name, sc.getConf().get(name) == (here / name).read_text())
print(sc.parallelize(range(10)).count(), "ready", flush=True)
while not (here / "go").exists():
    time.sleep(0.1)
sc.stop()
`;

const secrets = {
  'spark.my.password': value('manifest'),
  'spark.my.credential': value('option'),
} as const;

/** Secrets that no name that Spark knows gives away. */
const more = [
  ...['--conf', 'spark.hadoop.fs.azure.account.key.me=canary-option-account'],
  ...['--conf', 'spark.my.address=https://me:canary-option-address@service.invalid/'],
];

/** Submits a job with secrets and looks for them everywhere: in argv of every process, and in whatever sparkctl and Spark write. */
export async function expectSecretsKept(project: TemporaryProject, words: readonly string[]): Promise<void> {
  await project.write('job/reveal.py', script);
  await project.write(
    'job/reveal.yaml',
    JSON.stringify({ spark: { conf: { 'spark.my.password': secrets['spark.my.password'] } } }),
  );
  for (const [name, secret] of Object.entries(secrets)) await project.write(`job/${name}`, secret);
  const option = `spark.my.credential=${secrets['spark.my.credential']}`;
  const { running } = await startedUntilPrinted(
    [
      'submit',
      ...words,
      '--conf',
      option,
      ...more,
      'job/reveal.py',
      '--token',
      'canary-argument',
      '--db-pwd',
      'canary-pwd',
    ],
    { cwd: project.folder },
    'ready',
  );
  const seen = commandLines().filter((line) => /canary-(manifest|option)/.test(line));
  await project.write('job/go', '');
  const { exitCode, stdout, stderr } = await running;
  expect(seen.filter((line) => !line.includes('sparkctl.js'))).toEqual([]);
  expect([exitCode, stdout], stderr).toEqual([
    0,
    'spark.my.password True\nspark.my.credential True\n10 ready\n',
  ]);
  expect(stderr).not.toContain('canary');
  const written = filesIn(project.path('.sparkctl'));
  for (const kind of ['run.json', 'report.html', 'manifest.yaml', 'spark.log', 'events_1_app'])
    expect(written.filter(({ path }) => path.includes(kind)).length, kind).toBeGreaterThan(0);
  expect(written.filter(({ text }) => text.includes('canary')).map(({ path }) => path)).toEqual([]);
}

function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => read(join('/proc', pid, 'cmdline')));
}

function filesIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: read(path) }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
