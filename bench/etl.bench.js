import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { byTurns } from './compare.js';
import { repository } from './lab.js';
import { Project, stockEnvironment, stockSubmit, untilStandbyReady } from './project.js';

const rows = Number(process.env.BENCH_ROWS ?? 3_000_000);
const jdbc = 'org.xerial:sqlite-jdbc:3.50.3.0';

const table =
  'CREATE TABLE users (id INTEGER NOT NULL, name TEXT NOT NULL, age INTEGER NOT NULL, email TEXT NOT NULL,' +
  ' salary REAL NOT NULL, city TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id)) STRICT';

export const etl = {
  name: 'etl',
  title: `jobs/etl.py, ${rows.toLocaleString('en-US')} rows, running cluster`,
  unit: 's',
  must: 0.5,
  aim: 0.35,
  /** @param {import('./lab.js').Lab} lab */
  async measure(lab) {
    const project = new Project(lab, { files: ['jobs'] });
    await project.up('stock', { standby: false });
    await project.up('own', { standby: false });
    // Makes the input, too, with the manifest's defects.
    const { accounting } = await project.submitVerified(...own('--no-standby'));
    const input = join(project.folder, 'data/users.jsonl');
    const loads = () => {
      const path = newDatabase(project.folder);
      return { path, check: () => mustHold(path, accounting) };
    };

    const byJdbc = await jdbcWay(project, input);
    const stock = {
      what: 'plain PySpark and JDBC, coalesce(1), by spark-submit',
      run: async () => {
        const { path, check } = loads();
        await byJdbc(path);
        check();
      },
    };
    const submit = async (/** @type {readonly string[]} */ ...more) => {
      const words = own('--skip-checks', ...more);
      const record = JSON.parse(await project.sparkctl('submit', '--json', ...words));
      if (record.state !== 'succeeded') throw new Error(`run ${record.id} is ${record.state}`);
      return record;
    };
    const rounds = lab.rounds(2);
    const cold = await byTurns(lab, {
      stock,
      ours: { what: 'jobs/etl.py, cold', run: async () => void (await submit('--no-standby')) },
      rounds,
    });

    // A standby of its own cluster holds its cores; what runs beside it has another one.
    await project.sparkctl('cluster', 'down', '--cluster', 'own');
    await project.up('own', { standby: true });
    await submit();
    const warm = {
      what: 'jobs/etl.py, standby ready',
      before: () => untilStandbyReady(project, 'own'),
      run: async () => {
        const { driver } = await submit();
        if (driver?.start !== 'warm') throw new Error(`the start was ${driver?.start}`);
      },
    };
    // Both have warmed up.
    const standby = await byTurns(lab, { stock, ours: warm, rounds, warmUp: false });
    const byDuckDb = await duckDbWay(project, input);
    const duckDb = await byTurns(lab, {
      stock: {
        what: 'DuckDB on two threads, and ADBC',
        run: async () => {
          const { path, check } = loads();
          await byDuckDb(path);
          check();
        },
      },
      ours: warm,
      rounds,
    });
    return [
      { part: 'cold', title: 'jobs/etl.py cold to JDBC', ...cold },
      { part: 'standby', title: 'jobs/etl.py with a standby to JDBC', must: 0.35, aim: 0.25, ...standby },
      { part: 'duckdb', title: 'jobs/etl.py with a standby to DuckDB', must: 1.4, aim: 1, ...duckDb },
    ];
  },
};

/** @param {readonly string[]} more */
const own = (...more) => ['--cluster', 'own', '--rows', String(rows), ...more, 'jobs/etl.py'];

/** @param {string} folder */
function newDatabase(folder) {
  const path = join(folder, 'other.db');
  for (const file of readdirSync(folder)) if (file.startsWith('other.db')) rmSync(join(folder, file));
  const database = new Database(path);
  database.exec(table);
  database.close();
  return path;
}

/**
 * The other ways take a number for text where a column is text, and so load some of the lines that ours quarantines.
 *
 * @param {string} path @param {{ loaded: number, quarantined: number }} expected
 */
function mustHold(path, { loaded, quarantined }) {
  const database = new Database(path, { readonly: true });
  const found = database.prepare('SELECT count(*) FROM users').pluck().get();
  database.close();
  if (found < loaded || found > loaded + quarantined)
    throw new Error(`the table has ${found} rows, and should have ${loaded} to ${loaded + quarantined}`);
}

/** @param {Project} project @param {string} input */
async function jdbcWay(project, input) {
  const submit = await stockSubmit(project, 'stock');
  const ivy = join(project.folder, 'ivy');
  const script = join(repository, 'bench/etl_jdbc.py');
  // Fetched once, outside of what is timed.
  await submit(
    '--conf',
    `spark.jars.ivy=${ivy}`,
    '--packages',
    jdbc,
    join(repository, 'bench/no-op.py'),
    'jar',
  );
  const jars = readdirSync(join(ivy, 'jars')).map((name) => join(ivy, 'jars', name));
  return async (/** @type {string} */ database) =>
    void (await submit('--jars', jars.join(), script, input, database));
}

/** @param {Project} project @param {string} input */
async function duckDbWay(project, input) {
  const { PYSPARK_PYTHON } = await stockEnvironment(project);
  const packages = join(project.folder, 'duckdb');
  mkdirSync(packages);
  const { lab } = project;
  await lab.run(PYSPARK_PYTHON, ['-m', 'pip', 'install', '-q', '--target', packages, 'duckdb==2.0.1'], {
    cwd: project.folder,
  });
  const env = { ...process.env, PYTHONPATH: packages };
  return async (/** @type {string} */ database) =>
    void (await lab.run(PYSPARK_PYTHON, [join(repository, 'bench/etl_duckdb.py'), input, database], {
      cwd: project.folder,
      env,
    }));
}
