import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { choosePort } from '../dist/cluster/free-port.js';
import { httpGet, pageAnswers, readMasterState } from '../dist/cluster/spark-pages.js';
import { waitUntil } from '../dist/system/processes/wait-until.js';
import { byTurns } from './compare.js';
import { Project, stockEnvironment } from './project.js';

const host = '127.0.0.1';
const timeoutMs = 120_000;

/**
 * Waits until a cluster answers in all its parts: the master's page, its workers ALIVE, the history server's API.
 * @param {{ master: string, history: string, signal: AbortSignal }} cluster
 */
export async function untilAllAnswer({ master, history, signal }) {
  const answers = async () => {
    const state = await readMasterState(master);
    const alive = state?.workers.filter((worker) => worker.state === 'ALIVE').length ?? 0;
    return alive === 2 && (await pageAnswers('history', history)) ? true : undefined;
  };
  if ((await waitUntil(answers, { timeoutMs, signal })) !== true)
    throw new Error('the cluster did not answer in time');
}

/** Starts the stock classes as Spark's own scripts do: workers once the master is there, each by spark-class. */
function stockCluster(lab, env, folder) {
  const launcher = join(env.SPARK_HOME, 'bin/spark-class');
  const events = join(folder, 'events');
  mkdirSync(events, { recursive: true });
  return async () => {
    const [port, masterPage, historyPage] = [
      await choosePort(7077),
      await choosePort(8080),
      await choosePort(18_080),
    ];
    const start = (name, ...words) => {
      const own = {
        ...env,
        SPARK_HISTORY_OPTS: `-Dspark.history.fs.logDirectory=file://${events} -Dspark.history.ui.port=${historyPage}`,
      };
      // It ends when the round is over, by its mark.
      lab
        .start(launcher, [`org.apache.spark.deploy.${name}`, ...words], { cwd: folder, env: own })
        .catch(() => {});
    };
    const master = `http://${host}:${masterPage}`;
    start('master.Master', '--host', host, '--port', String(port), '--webui-port', String(masterPage));
    // Kinder than the scripts, which wait for a fixed time: a worker that comes too early waits for five seconds or more.
    const isUp = async () => ((await httpGet(`${master}/json/`, 2_000)) === undefined ? undefined : true);
    await waitUntil(isUp, { timeoutMs, signal: lab.signal });
    for (const worker of ['1', '2']) {
      const work = ['--work-dir', join(folder, 'work', worker)];
      start(
        'worker.Worker',
        '--host',
        host,
        '--cores',
        '1',
        '--memory',
        '1g',
        ...work,
        `spark://${host}:${port}`,
      );
    }
    start('history.HistoryServer');
    await untilAllAnswer({ master, history: `http://${host}:${historyPage}`, signal: lab.signal });
  };
}

export const upLocal = {
  name: 'up-local',
  title: 'cluster up, local: master, 2 workers, history',
  unit: 's',
  must: 0.35,
  aim: 0.25,
  async measure(lab) {
    const project = new Project(lab);
    const env = await stockEnvironment(project);
    return await byTurns(lab, {
      stock: {
        what: 'spark-class, until all answer',
        run: stockCluster(lab, env, lab.folder()),
        after: () => lab.endStarted(),
      },
      ours: {
        what: 'sparkctl cluster up',
        run: () => project.up('default', { standby: true }),
        after: async () => {
          const { links } = await project.status('default');
          await untilAllAnswer({ ...links, signal: AbortSignal.timeout(timeoutMs) });
          await project.sparkctl('cluster', 'down');
        },
      },
      rounds: lab.rounds(),
    });
  },
};
