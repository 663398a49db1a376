import { baseline } from './baseline.js';
import { byTurns } from './compare.js';
import { Project, untilStandbyReady } from './project.js';

export const readmeStays = {
  name: 'readme-stays',
  title: 'the same, cluster stays, standby ready',
  unit: 's',
  must: 0.2,
  aim: 0.12,
  async measure(lab) {
    const now = new Project(lab, { files: ['jobs'] });
    await now.up('default', { standby: true });
    const ready = () => untilStandbyReady(now, 'default');
    await ready();
    const before = new Project(lab, { program: await baseline(lab), files: ['jobs'] });
    return await byTurns(lab, {
      stock: {
        what: 'sparkctl submit of the baseline, cluster of its own',
        run: async () => void (await before.submitVerified('--backend', 'local', 'jobs/etl.py')),
      },
      ours: {
        what: 'sparkctl submit',
        before: ready,
        run: async () => void (await now.submitVerified('jobs/etl.py')),
      },
      rounds: lab.rounds(),
    });
  },
};
