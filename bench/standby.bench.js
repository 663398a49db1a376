import { byTurns } from './compare.js';
import { noOps } from './no-op.js';
import { untilStandbyReady } from './project.js';

export const standby = {
  name: 'standby',
  title: 'no-op script, running cluster, standby ready',
  unit: 's',
  must: 0.09,
  aim: 0.05,
  async measure(lab) {
    const { project, stock, ours } = await noOps(lab);
    await project.up('default', { standby: true });
    const ready = () => untilStandbyReady(project, 'default');
    await ready();
    return await byTurns(lab, {
      stock: { what: 'spark-submit', run: stock },
      ours: { what: 'sparkctl submit', before: ready, run: () => ours('default') },
      rounds: lab.rounds(5),
    });
  },
};
