import { byTurns } from './compare.js';
import { NotMeasured } from './lab.js';
import { noOps } from './no-op.js';
import { untilStandbyReady } from './project.js';

const submissions = 5;

/** Does the same several times without a pause. */
const burstOf = (submit) => async () => {
  for (let done = 0; done < submissions; done++) await submit();
};

export const burst = {
  name: 'burst',
  title: 'five no-op scripts without a pause',
  unit: 's',
  must: 0.5,
  aim: 0.35,
  async measure(lab) {
    const { project, stock, ours } = await noOps(lab);
    await project.up('default', { standby: true });
    // A burst begins as a working day does: with whatever the cluster holds ready. Without a standby it is measured as well.
    const ready = () =>
      untilStandbyReady(project, 'default').catch((error) => {
        if (!(error instanceof NotMeasured)) throw error;
      });
    return await byTurns(lab, {
      stock: { what: 'spark-submit, five times', run: burstOf(stock) },
      ours: { what: 'sparkctl submit, five times', before: ready, run: burstOf(() => ours('default')) },
      rounds: lab.rounds(),
    });
  },
};
