// The no-op script by both ways, each on a cluster where nothing is in its way.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { repository } from './lab.js';
import { Project, stockSubmit } from './project.js';

const script = join(repository, 'bench/no-op.py');

/**
 * A project with a running cluster for each way. A standby holds the cores of its executors, and stock spark-submit on
 * the same master would have to wait for them: so stock has a cluster of the same size that has no standby.
 * @param {import('./lab.js').Lab} lab
 */
export async function noOps(lab) {
  const project = new Project(lab);
  await project.up('stock', { standby: false });
  const { standby } = await project.status('stock');
  if (standby !== undefined && standby.state !== 'none')
    throw new Error(`the cluster of stock has a standby (${standby.state}), which would be in its way`);
  const submit = await stockSubmit(project, 'stock');
  return {
    project,
    stock: () => verified((word) => submit(script, word)),
    /** @param {string} cluster @param {readonly string[]} options */
    ours: (cluster, options = []) =>
      verified((word) =>
        project.sparkctl('submit', '--cluster', cluster, '--progress', 'quiet', ...options, script, word),
      ),
  };
}

/** Runs the script and holds what it printed to a word that nobody could have known. */
async function verified(/** @type {(word: string) => Promise<string>} */ run) {
  const word = randomUUID();
  const printed = await run(word);
  if (!new RegExp(`^no-op ${word} app-\\d{14}-\\d{4}$`, 'm').test(printed))
    throw new Error(`the script printed: ${printed}`);
}
