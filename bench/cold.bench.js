import { byTurns } from './compare.js';
import { noOps } from './no-op.js';

export const cold = {
  name: 'cold',
  title: 'no-op script, running cluster, no standby',
  unit: 's',
  must: 0.45,
  aim: 0.35,
  async measure(lab) {
    const { project, stock, ours } = await noOps(lab);
    const options = await project.withoutStandby('submit');
    // Nothing holds the cores of the cluster, so both submit to the same master.
    return await byTurns(lab, {
      stock: { what: 'spark-submit', run: stock },
      ours: { what: ['sparkctl submit', ...options].join(' '), run: () => ours('stock', options) },
      rounds: lab.rounds(),
    });
  },
};
