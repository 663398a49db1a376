import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

/** One new thing of each kind: a file of its own, an import and an entry in its registry, and nothing else. */
const extensions = {
  dataset: {
    file: 'src/job/datasets/notes/notes.ts',
    registry: 'src/job/datasets/registry.ts',
    importLine: "import { notes } from './notes/notes.ts';",
    after: 'const datasets = [',
    entry: 'notes, ',
    text: `import type { Dataset, GeneratedRow } from '../dataset.ts';

/** Notes with a number and a text. */
export const notes: Dataset<'notes'> = {
  name: 'notes',
  generator: 'notes 1',
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'text', type: 'text', nullable: false },
  ],
  defects: {},
  open: async ({ seed }) => {
    let id = 0;
    return {
      next: (): GeneratedRow => {
        id += 1;
        const text = \`note \${id} of \${seed}\`;
        return { fate: 'loaded', raw: JSON.stringify({ id, text }), values: [String(id), text] };
      },
    };
  },
};
`,
  },
  check: {
    file: 'src/job/checks/at-least.ts',
    registry: 'src/job/checks/registry.ts',
    importLine: "import { atLeast } from './at-least.ts';",
    after: 'const checks = [',
    entry: 'atLeast, ',
    text: `import { z } from 'zod';
import type { Check } from './check.ts';

const spec = z.strictObject({ kind: z.literal('at-least'), rows: z.number() });

/** The table has so many rows. */
export const atLeast: Check<typeof spec> = {
  spec,
  name: ({ rows }) => \`at least \${rows}\`,
  run: async ({ rows }, { reader, table }) => {
    const found = reader.count(table.name);
    return { status: found >= rows ? 'held' : 'failed', expected: \`\${rows} rows\`, found: \`\${found} rows\` };
  },
};
`,
  },
  target: {
    file: 'src/job/targets/lines/lines-target.ts',
    registry: 'src/job/targets/registry.ts',
    importLine: "import { linesTarget } from './lines/lines-target.ts';",
    after: 'export const targets = {',
    entry: ' lines: linesTarget,',
    text: `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { tableMistakes, tableSpec } from '../table-spec.ts';
import type { RowValue, TargetKind, TargetReader, TargetSettings } from '../target.ts';

const spec = z.strictObject({ file: z.string(), table: tableSpec });

export interface LinesSettings extends TargetSettings {
  readonly file: string;
}

/** A file with one JSON object a line. */
export const linesTarget: TargetKind<typeof spec, LinesSettings> = {
  spec,
  settings: spec,
  resolve: async ({ file, table }, inside) => ({ file: await inside(['file'], file), table }),
  mistakes: ({ table }) => tableMistakes(table),
  queryProblem: async () => 'there are no queries over lines',
  location: ({ file }) => file,
  placeholders: ({ file }) => ({ lines: file }),
  writes: ({ file }) => [file],
  answers: [],
  prepare: async ({ file }) => {
    if (existsSync(file)) return 'nothing';
    writeFileSync(file, '');
    return 'table';
  },
  open: async (target) => new LinesReader(target),
};

class LinesReader implements TargetReader {
  readonly location: string;
  readonly #target: LinesSettings;
  readonly #rows: readonly Record<string, RowValue>[];

  constructor(target: LinesSettings) {
    this.#target = target;
    this.location = target.file;
    const lines = readFileSync(target.file, 'utf8').split('\\n');
    this.#rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  tableInfo(table: string) {
    return table === this.#target.table.name ? this.#target.table : undefined;
  }
  tableDifferences() {
    return [];
  }
  count() {
    return this.#rows.length;
  }
  repeated() {
    return { groups: 0, rows: 0, samples: [] };
  }
  *repeatedRows() {}
  faulty() {
    return { rows: 0, samples: [] };
  }
  *faultyRows() {}
  greatest() {
    return null;
  }
  *rows(_table: string, columns: readonly string[]) {
    for (const row of this.#rows) yield columns.map((column) => row[column] ?? null);
  }
  query() {
    return { columns: [], rows: 0, samples: [] };
  }
  *queryRows() {}
  rowFinder() {
    return () => undefined;
  }
  quarantine() {
    return undefined;
  }
  committedRun() {
    return undefined;
  }
  lastCommittedRun() {
    return undefined;
  }
  integrityProblems() {
    return [];
  }
  [Symbol.dispose]() {}
}
`,
  },
  backend: {
    file: 'src/cluster/memory/memory-backend.ts',
    registry: 'src/cluster/registry.ts',
    importLine: '',
    after: 'const entries = {',
    entry: `
  memory: {
    load: async () => (await import('./memory/memory-backend.ts')).memoryBackend,
    makesClusters: true,
    firstForStaying: false,
    mayHaveClusters: async () => true,
  },`,
    text: `import { copyFileSync } from 'node:fs';
import type { ClusterBackend } from '../backend.ts';
import type { ClusterPlan, ClusterStatus } from '../cluster.ts';

const plans = new Map<string, ClusterPlan>();

/** Clusters that live as long as this process. A driver copies its first argument to its second. */
export const memoryBackend: ClusterBackend = {
  kind: 'memory',
  usesInstallation: false,
  obstacle: async () => undefined,
  up: async (plan) => {
    plans.set(plan.name, plan);
    return { status: statusOf(plan), changed: true };
  },
  down: async (name) => plans.delete(name),
  scale: async (name, workers) => statusOf({ ...planOf(name), workers }),
  status: async (name) => {
    const plan = plans.get(name);
    return plan && statusOf(plan);
  },
  list: async () => [...plans.values()].map(statusOf),
  async *logs() {},
  connect: async (name) => ({ master: \`memory://\${name}\`, properties: {}, secrets: [] }),
  preview: async ({ name }) => ({ master: \`memory://\${name}\`, properties: {}, secrets: [] }),
  startDriver: async (_name, { sparkSubmitArguments }) => {
    const [from = '', to = ''] = sparkSubmitArguments.slice(-2);
    copyFileSync(from, to);
    return { id: 'memory', exited: Promise.resolve({ exitCode: 0 }), stop: async () => {} };
  },
  reclaim: async () => [],
};

function planOf(name: string): ClusterPlan {
  const plan = plans.get(name);
  if (plan === undefined) throw new Error(\`there is no cluster \${name}\`);
  return plan;
}

function statusOf(plan: ClusterPlan): ClusterStatus {
  return {
    ...plan,
    backend: 'memory',
    state: 'running',
    master: \`memory://\${plan.name}\`,
    workers: { wanted: plan.workers, alive: plan.workers },
    links: { master: '', history: '' },
    nodes: [],
  };
}
`,
  },
  command: {
    file: 'src/cli/commands/project.ts',
    registry: 'src/cli/program.ts',
    importLine: "import { projectCommand } from './commands/project.ts';",
    after: 'for (const make of [',
    entry: 'projectCommand, ',
    text: `import { Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';

/** Prints the folder of the project. */
export function projectCommand({ host }: CommandContext): Command {
  return new Command('project').description('print the folder of the project').action(async () => {
    const { projectFolder } = await import('../../operations/context.ts');
    host.stdout.write(\`\${projectFolder(host.workingFolder)}\\n\`);
  });
}
`,
  },
} as const;

const copied = [
  ...['src', 'bin', 'jobs', 'scripts', 'spark', 'package.json', 'tsconfig.json', 'tsconfig.build.json'],
  ...['docker-compose.yml', 'spark-defaults.conf', 'entrypoint.sh', 'requirements.txt'],
  // What has not changed since is not compiled again.
  'dist',
];

const manifest = `
dataset: { name: notes, rows: 12, seed: 7 }
input: { path: notes.jsonl }
lines:
  file: loaded.jsonl
  table:
    name: notes
    primaryKey: [id]
    columns: [{ name: id, type: integer }, { name: text, type: text }]
arguments: ['\${input}', '\${lines}']
checks: [{ kind: at-least, rows: 12 }, { kind: schema }]
`;

describe('a copy with one more dataset, check, target, backend and command', () => {
  let copy: TemporaryProject;
  let project: TemporaryProject;
  const sparkctl = (...words: readonly string[]) =>
    execa(process.execPath, [copy.path('bin/sparkctl.js'), ...words], { cwd: project.folder, reject: false });

  beforeAll(async () => {
    [copy, project] = [temporaryProject(), temporaryProject()];
    for (const path of copied) await cp(join(repository, path), copy.path(path), { recursive: true });
    await symlink(join(repository, 'node_modules'), copy.path('node_modules'));
    for (const { file, registry, importLine, after, entry, text } of Object.values(extensions)) {
      await mkdir(dirname(copy.path(file)), { recursive: true });
      await writeFile(copy.path(file), text, { flag: 'wx' });
      const original = await readFile(copy.path(registry), 'utf8');
      expect(original.split(after)).toHaveLength(2);
      await writeFile(copy.path(registry), `${importLine}\n${original.replace(after, () => after + entry)}`);
    }
    await project.write('package.json', '{}');
    await project.write('copy.py', '');
    await project.write('copy.yaml', manifest);
  });
  afterAll(async () => {
    await copy[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  it('is built, with those files and lines alone', async () => {
    const { stdout, exitCode } = await execa('npm', ['run', '--silent', 'build'], {
      cwd: copy.folder,
      reject: false,
    });
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
    const changed: string[] = [];
    for (const path of await readdir(copy.path('src'), { recursive: true, withFileTypes: true })) {
      if (!path.isFile()) continue;
      const file = join(path.parentPath, path.name).slice(copy.folder.length + 1);
      const before = await readFile(join(repository, file), 'utf8').catch(() => undefined);
      if ((await readFile(copy.path(file), 'utf8')) !== before) changed.push(file);
    }
    const expected = Object.values(extensions).flatMap(({ file, registry }) => [file, registry]);
    expect(changed.sort()).toEqual(expected.sort());
  });

  it('knows the command', async () => {
    expect((await sparkctl('--help')).stdout).toContain('print the folder of the project');
    expect((await sparkctl('project')).stdout).toBe(project.folder);
  });

  it('makes clusters by the backend', async () => {
    const { stdout, stderr } = await sparkctl('cluster', 'up', '--backend', 'memory', '--json');
    expect(stderr).not.toContain('defect');
    expect(JSON.parse(stdout)).toMatchObject({
      backend: 'memory',
      master: 'memory://default',
      changed: true,
    });
    expect((await sparkctl('cluster', 'list', '--backend', 'memory')).stdout).toContain('No cluster.');
  });

  it('takes a job from the dataset into the target, and checks it', async () => {
    const { stdout, stderr } = await sparkctl('submit', '--backend', 'memory', '--json', 'copy.py');
    expect(stderr).not.toContain('sparkctl:');
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, cluster: { backend: 'memory' } });
    expect(run.checks).toMatchObject([
      { kind: 'at-least', status: 'held', found: '12 rows' },
      { kind: 'schema', status: 'held' },
    ]);
    const loaded = (await readFile(project.path('loaded.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(loaded).toHaveLength(12);
    expect(JSON.parse(loaded[11] ?? '')).toEqual({ id: 12, text: 'note 12 of 7' });
  });

  it('reports a mistake in the part of the check as one in the manifest', async () => {
    await project.write('broken.py', '');
    await project.write('broken.yaml', manifest.replace('rows: 12 }, {', 'rows: many }, {'));
    const { stderr, exitCode } = await sparkctl('submit', '--backend', 'memory', 'broken.py');
    expect(stderr).toContain('broken.yaml:11:');
    expect(exitCode).toBe(78);
  });
});
