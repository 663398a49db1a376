import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApplications } from '../../../src/run/events/read-applications.ts';
import { findChromium, lookAt } from '../../support/chromium.ts';
import { executorsSoon } from '../../support/soon.ts';
import { sparkctl } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;\u202egnp.exe`;
const session = `import sys
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
spark.conf.set("spark.sql.adaptive.enabled", "false")
spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
spark.conf.set("spark.sql.shuffle.partitions", "12")
`;

/** Scripts whose reports differ as much as they can. */
const scripts = {
  good: `${session}print(spark.range(10000, numPartitions=5).groupBy(F.col("id") % 10).count().count())\n`,
  skewed: `${session}facts = spark.range(1500000).withColumn("k", F.when(F.col("id") % 100 < 95, 7).otherwise(F.col("id") % 1000))
names = spark.range(1000).withColumnRenamed("id", "k")
hashes = facts.join(names, "k").withColumn("h", F.sha2(F.repeat(F.col("id").cast("string"), 90), 512))
print(hashes.groupBy("k").agg(F.max("h").alias("h")).count())
`,
  broken: `${session}@F.udf("double")
def part(value):
    return 10 / (value - 7)

spark.range(20).select(part("id").alias("p")).groupBy("p").count().collect()
`,
  hostile: `evil = ${JSON.stringify(hostile)}
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.appName(evil).getOrCreate()
spark.sparkContext.setJobDescription(evil)
spark.sparkContext.setLocalProperty("callSite.short", evil + "]]>--></style></svg>")
spark.range(100).withColumn(evil, F.col("id") % 7).groupBy(F.col("\`" + evil + "\`")).count().collect()
`,
};
type Name = keyof typeof scripts;

const chromium = await findChromium();
const noChromium =
  'Nobody has looked at the reports: there is no Chromium (apt-get install chromium, or name one in CHROMIUM).';
if (chromium === undefined) process.stderr.write(`\n${noChromium}\n`);

let project: TemporaryProject;
const reports = new Map<Name, { readonly page: string; readonly folder: string }>();

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  const size = ['--workers', '1', '--worker-cores', '2'];
  const up = ['cluster', 'up', '--backend', 'local', ...size, '--no-standby'];
  expect((await sparkctl(up, { cwd: project.folder })).exitCode).toBe(0);
  for (const [name, script] of Object.entries(scripts)) {
    await project.write(`${name}.py`, script);
    const known = new Set(runs());
    const { exitCode, stderr } = await sparkctl(
      ['submit', ...executorsSoon, '--conf', `spark.eventLog.compress=${name === 'good'}`, `${name}.py`],
      { cwd: project.folder },
    );
    expect(exitCode, stderr).toBe(name === 'broken' ? 1 : 0);
    const folder = project.path('.sparkctl/runs', runs().find((run) => !known.has(run)) ?? '');
    reports.set(name as Name, { page: readFileSync(join(folder, 'report.html'), 'utf8'), folder });
  }
});

afterAll(async () => {
  await sparkctl(['cluster', 'down'], { cwd: project.folder });
  await project[Symbol.asyncDispose]();
});

function runs(): readonly string[] {
  try {
    return readdirSync(project.path('.sparkctl/runs'));
  } catch {
    return [];
  }
}

function reportOf(name: Name) {
  const report = reports.get(name);
  if (report === undefined) throw new Error(`There is no report of ${name}.`);
  return report;
}

/** The numbers that stand on a page for programs. */
function numbersOf(page: string) {
  const value = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text));
  const stages = [...page.matchAll(/<tr data-stage="([\d.]+)">(.*?)<\/tr>/gs)].map(
    ([, id = '', row = '']) => [
      id,
      Object.fromEntries(
        [...row.matchAll(/<data class="([\w-]+)" value="([^"]*)"/g)].map(([, name, text]) => [
          name,
          value(text),
        ]),
      ),
    ],
  );
  return {
    stages: Object.fromEntries(stages) as Readonly<Record<string, Readonly<Record<string, number | null>>>>,
    figure: (id: string) => value(new RegExp(`<data id="figure-${id}" value="([^"]*)"`).exec(page)?.[1]),
  };
}

describe('the report of a real run', () => {
  it.each(['skewed', 'broken', 'hostile'] as const)(
    'has the figures that another program computes from the same event log: %s',
    async (name) => {
      const { page, folder } = reportOf(name);
      const logs = readdirSync(join(folder, 'eventlog'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.startsWith('events_'))
        .map((entry) => join(entry.parentPath, entry.name));
      const python = process.env['SPARKCTL_PYTHON'] ?? 'python3';
      const { stdout } = await execa(python, [join(import.meta.dirname, 'figures_again.py'), ...logs]);
      const again = JSON.parse(stdout);
      const { stages, figure } = numbersOf(page);
      expect(Object.keys(again.stages).length).toBeGreaterThan(0);
      for (const [id, figures] of Object.entries(again.stages))
        expect(stages[id]).toMatchObject(figures as object);
      expect(Object.keys(stages).sort()).toEqual(Object.keys(again.stages).sort());
      expect(figure('disk-spill')).toBe(again.spill);
      expect(figure('failed-tasks')).toBe(again.failed);
      expect(figure('driver-time')).toBe(again.driver);
      expect(figure('gc')).toBe(again.gc);
      expect(page).toContain(`of ${again.cores} cores used`);
    },
  );

  it('reads an event log that Spark has compressed', async () => {
    const { page, folder } = reportOf('good');
    expect(readdirSync(join(folder, 'eventlog'), { recursive: true }).join()).toContain('.zstd');
    const { applications, problems } = await readApplications(join(folder, 'eventlog'));
    expect(problems).toEqual([]);
    expect(applications.map(({ ended }) => ended)).toEqual([true]);
    expect(Object.values(numbersOf(page).stages).map(({ tasks }) => tasks)).toContain(5);
  });

  it('advises on skew with its number', () => {
    const { page } = reportOf('skewed');
    expect(page).toMatch(
      /<li><b class="(?:failed|warned)">. (?:severe|warning)<\/b> Stage \d+ waits for its longest task: [\d.]+ (?:s|ms), [\d.]+× the median/,
    );
  });

  it('shows what failed: the line of the script, the stage, and the attempts of its task', () => {
    const { page } = reportOf('broken');
    expect(page).toContain('<span class="state">✗ failed</span>');
    expect(page).toContain('ZeroDivisionError');
    expect(page).toMatch(/<b>Stage \d+ failed<\/b>/);
    expect(numbersOf(page).figure('failed-tasks')).toBe(4);
  });

  it('shows hostile names as text', () => {
    const { page } = reportOf('hostile');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img');
    expect(page).not.toMatch(/<script|<img|\u202e/);
  });

  it.for([
    { name: 'good', dark: false, width: 1200 },
    { name: 'good', dark: true, width: 500 },
    { name: 'broken', dark: true, width: 1200 },
    { name: 'skewed', dark: false, width: 500 },
    { name: 'skewed', dark: true, width: 1200 },
    { name: 'hostile', dark: false, width: 1200 },
  ] as const)(
    'is quiet and accessible in a browser: $name, dark $dark, $width wide',
    async (look, { skip }) => {
      if (chromium === undefined) return skip(noChromium);
      const { console, findings } = await lookAt(chromium, reportOf(look.name).page, look);
      expect(console).toEqual([]);
      expect(findings).toEqual([]);
    },
  );
});
