import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onScreen } from '../support/screen.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
const local = ['submit', '--master', 'local[2]'];

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write(
    'working.py',
    `import time
from pyspark import SparkContext
sc = SparkContext()
print("two halves ", end="", flush=True)
print("of a line", flush=True)
sc.parallelize(range(6), 6).foreach(lambda n: time.sleep(1.5))
`,
  );
  await project.write(
    'failing.py',
    `from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.range(3).select("emial").show()
`,
  );
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

describe.each([80, 120])('on a terminal of %i columns', (columns) => {
  it('a run shows what Spark does, and leaves its result', async () => {
    await using screen = await onScreen([...local, 'working.py'], { columns, cwd: project.folder });
    const start = await screen.shows(/^. submit +\d+\.\d s {2}starting the driver$/);
    expect(start.at(-2)).toMatch(/^✓ runtime +Spark 4\.3\.0, Java \d+/);

    const middle = await screen.shows(/^ {2}stage 0 +━+─+ [2-4] of 6 tasks, about \d+\.\d s left/);
    expect(middle).toContain('two halves of a line');
    expect(middle.at(-2)).toMatch(/^. submit +\d+\.\d s {2}1 executor$/);
    const stage = middle.at(-1) ?? '';
    expect(stage.length).toBeLessThan(columns);
    if (columns === 120) expect(stage).toMatch(/ {2}foreach at working\.py:6$/);
    // One line for each thing: nothing was drawn twice.
    expect(middle.filter((line) => line.includes('submit'))).toHaveLength(1);
    expect(middle.filter((line) => line.startsWith('  stage'))).toHaveLength(1);

    const end = await screen.shows(/^exit \d+$/);
    expect(end.at(-1)).toBe('exit 0');
    expect(end.at(-2)).toMatch(/^Result +succeeded in \d+\.\d s$/);
    expect(end).toContain('two halves of a line');
    expect(end.filter((line) => line.startsWith('  stage'))).toEqual([]);
  });

  it('a failure ends with the line that failed, what it means and what to do', async () => {
    await using screen = await onScreen([...local, 'failing.py'], { columns, cwd: project.folder });
    const end = await screen.shows(/^exit \d+$/);
    expect(end.at(-1)).toBe('exit 1');
    const text = end.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain('> failing.py, line 4, in <module> spark.range(3).select("emial").show()');
    expect(text).toContain('ended with exit code 1: there is no column emial; the nearest are id.');
    expect(end.findLast((line) => line.startsWith('  More: '))).toMatch(
      /^ {2}More: sparkctl runs logs failing-[\d-]+[0-9a-f]{6}$/,
    );
    expect(end.indexOf('exit 1') - end.findLastIndex((line) => line.startsWith('  More: '))).toBe(1);
  });

  it('Ctrl-C says at once what is done, and leaves the prompt on a line of its own', async () => {
    await using screen = await onScreen([...local, 'working.py'], { columns, cwd: project.folder });
    await screen.shows(/^ {2}stage 0 /);
    await screen.press('C-c');
    await screen.shows(/^SIGINT: stopping what was started; once more to stop at once\.$/, 2_000);
    const end = await screen.shows(/^exit \d+$/);
    expect(end.at(-1)).toBe('exit 130');
    expect(end).toContain('sparkctl: Interrupted by Ctrl-C.');
    expect(end.filter((line) => line.startsWith('  stage'))).toEqual([]);
  });
});
