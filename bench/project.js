// A project of the bench's own with sparkctl in it, and the stock way on the same runtime and the same master.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../dist/system/processes/wait-until.js';
import { NotMeasured, repository } from './lab.js';

/** The workers of every cluster that is measured. */
const size = ['--workers', '2', '--worker-cores', '1', '--worker-memory', '1g'];

/** The time that a standby may take until it is ready: it starts as slowly as any driver. */
const standbyTimeoutMs = 180_000;

export class Project {
  /**
   * @param {import('./lab.js').Lab} lab
   * @param {{ program?: string, files?: readonly string[] }} options program: the folder of the sparkctl that is measured;
   * files: parts of it that the project has, too
   */
  constructor(lab, { program = repository, files = [] } = {}) {
    this.lab = lab;
    this.folder = lab.folder();
    this.program = join(program, 'bin/sparkctl.js');
    writeFileSync(join(this.folder, 'package.json'), '{}\n');
    for (const file of files) cpSync(join(program, file), join(this.folder, file), { recursive: true });
    lab.defer(() =>
      lab.run(process.execPath, [this.program, 'cluster', 'down', '--all', '--force'], {
        cwd: this.folder,
        marked: false,
        asked: false,
      }),
    );
  }

  /** Runs sparkctl to its end and returns its stdout; throws where it fails. */
  async sparkctl(/** @type {readonly string[]} */ ...words) {
    return await this.lab.run(process.execPath, [this.program, ...words], {
      cwd: this.folder,
      marked: false,
    });
  }

  /** Starts a local cluster that stays. */
  async up(/** @type {string} */ cluster, /** @type {{ standby: boolean }} */ { standby }) {
    const more = standby ? [] : await this.withoutStandby('cluster', 'up');
    await this.sparkctl('cluster', 'up', '--backend', 'local', '--cluster', cluster, ...size, ...more);
  }

  /** The option that does without a standby, for a command of a sparkctl that knows it. */
  async withoutStandby(/** @type {readonly string[]} */ ...command) {
    const help = await this.sparkctl(...command, '--help');
    return help.includes('--no-standby') ? ['--no-standby'] : [];
  }

  async status(/** @type {string} */ cluster) {
    return JSON.parse(await this.sparkctl('cluster', 'status', '--cluster', cluster, '--json'));
  }

  /**
   * Submits a job with a manifest as the README does, and holds its record to what must be there.
   * @param {readonly string[]} words
   */
  async submitVerified(...words) {
    const record = JSON.parse(await this.sparkctl('submit', '--json', ...words));
    const { state, checks = [], accounting } = record;
    const held = checks.filter((/** @type {{ status: string }} */ { status }) => status === 'held');
    if (state !== 'succeeded' || checks.length !== 5 || held.length !== 5)
      throw new Error(`run ${record.id} is ${state}, ${held.length} of ${checks.length} checks held`);
    if (!(accounting?.loaded > 0)) throw new Error(`run ${record.id} has loaded nothing`);
    return record;
  }
}

/**
 * Waits until a standby driver of a cluster is ready. The one place that knows how that is asked.
 * @param {Project} project
 * @param {string} cluster
 */
export async function untilStandbyReady(project, cluster) {
  let last = 'none';
  const isReady = async () => {
    const { standby } = await project.status(cluster);
    if (standby === undefined) throw new NotMeasured('no standby: this sparkctl has none');
    last = standby.state;
    return last === 'ready' ? true : undefined;
  };
  const { signal } = project.lab;
  if ((await waitUntil(isReady, { timeoutMs: standbyTimeoutMs, intervalMs: 2_000, signal })) !== true)
    throw new Error(`the standby of cluster ${cluster} was not ready in time; its state is ${last}`);
}

/**
 * The environment of a stock program of the managed runtime, without this person's own settings of Spark.
 * @param {Project} project
 * @returns {Promise<NodeJS.ProcessEnv & { SPARK_HOME: string, JAVA_HOME: string, PYSPARK_PYTHON: string }>}
 */
export async function stockEnvironment(project) {
  const { JAVA_HOME, SPARK_HOME, PYSPARK_PYTHON } = JSON.parse(
    await project.sparkctl('env', '--json'),
  ).variables;
  const own = Object.entries(process.env).filter(([name]) => !/^(SPARK|PYSPARK|PYTHON)/.test(name));
  return {
    ...Object.fromEntries(own),
    JAVA_HOME,
    SPARK_HOME,
    PYSPARK_PYTHON,
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_PUBLIC_DNS: '127.0.0.1',
  };
}

/**
 * The runtime's own spark-submit on a cluster of sparkctl, with the properties that sparkctl gives it, too.
 * @param {Project} project
 * @param {string} cluster
 * @returns {Promise<(...words: string[]) => Promise<string>>}
 */
export async function stockSubmit(project, cluster) {
  const { master } = await project.status(cluster);
  const state = join(project.folder, '.sparkctl/clusters', cluster);
  const properties = {
    'spark.master': master,
    'spark.authenticate': 'true',
    'spark.authenticate.secret': readFileSync(join(state, 'secret'), 'utf8'),
    'spark.network.crypto.enabled': 'true',
    'spark.network.crypto.cipher': 'AES/GCM/NoPadding',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': `file://${join(state, 'events')}`,
  };
  const path = join(project.folder, `stock-${cluster}.properties`);
  const lines = Object.entries(properties).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(path, lines.join(''), { mode: 0o600 });
  const env = await stockEnvironment(project);
  const program = join(env.SPARK_HOME, 'bin/spark-submit');
  return async (...words) =>
    await project.lab.run(program, ['--properties-file', path, ...words], { cwd: project.folder, env });
}
