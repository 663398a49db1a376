import { baseline } from './baseline.js';
import { byTurns } from './compare.js';
import { Project } from './project.js';

export const readme = {
  name: 'readme',
  title: "README's command again, cluster of its own",
  unit: 's',
  must: 0.5,
  aim: 0.4,
  async measure(lab) {
    const before = new Project(lab, { program: await baseline(lab), files: ['jobs'] });
    const now = new Project(lab, { files: ['jobs'] });
    // The backend is named, since a Docker daemon that happens to run would be preferred. The warm-up is the first time.
    const words = ['--backend', 'local', 'jobs/etl.py'];
    return await byTurns(lab, {
      stock: {
        what: 'sparkctl submit of the baseline',
        run: async () => void (await before.submitVerified(...words)),
      },
      ours: { what: 'sparkctl submit', run: async () => void (await now.submitVerified(...words)) },
      rounds: lab.rounds(),
    });
  },
};
