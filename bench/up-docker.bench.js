import { choosePort } from '../dist/cluster/free-port.js';
import { byTurns } from './compare.js';
import { NotMeasured } from './lab.js';
import { Project } from './project.js';
import { untilAllAnswer } from './up-local.bench.js';

export const upDocker = {
  name: 'up-docker',
  title: 'cluster up, Docker: the same in containers',
  unit: 's',
  must: 0.7,
  aim: 0.5,
  async measure(lab) {
    await lab.run('docker', ['info']).catch(() => {
      lab.signal.throwIfAborted();
      throw new NotMeasured('no Docker daemon answers');
    });
    const files = ['docker-compose.yml', 'entrypoint.sh', 'requirements.txt', 'spark-defaults.conf', 'spark'];
    const project = new Project(lab, { files });
    const cwd = project.folder;
    const compose = (words, { asked, ...ports }) =>
      lab.run('docker-compose', words, { cwd, env: { ...process.env, ...ports, PWD: cwd }, asked });
    const composeDown = () => compose(['down', '--volumes'], { asked: false });
    const sparkctl = (...words) => project.sparkctl('cluster', ...words, '--backend', 'docker');
    lab.defer(composeDown);
    // The warm-up builds the image, which is the same for both: Compose finds it by its name.
    await sparkctl('up');
    await sparkctl('down');
    return await byTurns(lab, {
      stock: {
        what: 'docker-compose up -d, until all answer',
        run: async () => {
          const [master, history] = [await choosePort(8080), await choosePort(18_080)];
          const ports = { SPARK_MASTER_UI_PORT: String(master), SPARK_HISTORY_PORT: String(history) };
          await compose(['up', '-d'], { asked: true, ...ports });
          const url = (port) => `http://127.0.0.1:${port}`;
          await untilAllAnswer({ master: url(master), history: url(history), signal: lab.signal });
        },
        after: composeDown,
      },
      ours: { what: 'sparkctl cluster up', run: () => sparkctl('up'), after: () => sparkctl('down') },
      rounds: lab.rounds(),
      warmUp: false,
    });
  },
};
