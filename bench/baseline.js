// The sparkctl of the commit before the work on speed, built in a folder of its own.
import { join } from 'node:path';
import { NotMeasured, repository } from './lab.js';

const commit = 'd7de3fabbbb8cfc90df2832febc77dd7ac694106';

/**
 * The folder of a built sparkctl of the baseline.
 * @param {import('./lab.js').Lab} lab
 */
export async function baseline(lab) {
  const folder = lab.folder();
  const archive = join(folder, 'baseline.tar');
  await lab.run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: repository }).catch(() => {
    lab.signal.throwIfAborted();
    throw new NotMeasured(
      `the history here lacks the baseline ${commit.slice(0, 9)}; git fetch --unshallow brings it`,
    );
  });
  await lab.run('git', ['archive', '--output', archive, commit], { cwd: repository });
  await lab.run('tar', ['-xf', archive], { cwd: folder });
  // Its script `prepare` builds it.
  await lab.run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
  return folder;
}
