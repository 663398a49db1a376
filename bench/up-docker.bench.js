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
    const env = { ...process.env, PWD: cwd };
    const compose = (words, asked) => lab.run('docker-compose', words, { cwd, env, asked });
    const composeDown = () => compose(['down', '--volumes'], false);
    const sparkctl = (...words) => project.sparkctl('cluster', ...words, '--backend', 'docker');
    lab.defer(composeDown);
    // The warm-up builds the image, which is the same for both: Compose finds it by its name.
    await sparkctl('up');
    await sparkctl('down');
    return await byTurns(lab, {
      stock: {
        what: 'docker-compose up -d, until all answer',
        run: async () => {
          await compose(['up', '-d'], true);
          const [master, history] = ['http://127.0.0.1:8080', 'http://127.0.0.1:18080'];
          await untilAllAnswer({ master, history, signal: lab.signal });
        },
        after: composeDown,
      },
      ours: { what: 'sparkctl cluster up', run: () => sparkctl('up'), after: () => sparkctl('down') },
      rounds: lab.rounds(),
      warmUp: false,
    });
  },
};
