import { chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { compiledSources } from '../../job/datasets/compiled-sources.ts';
import { repository } from '../../support/sparkctl.ts';

/** The files beside the sources in an installation that a cluster needs. */
const packaged = ['docker-compose.yml', 'entrypoint.sh', 'requirements.txt', 'spark-defaults.conf', 'spark'];

interface OwnProcess {
  /** JavaScript; `sources` is the URL of the compiled src/. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/** Starts Node with the sources in a process of its own, which a test may kill. */
export function startOwnProcess({ script, env = {}, uid }: OwnProcess) {
  const sources = compiledSources();
  const installation = dirname(fileURLToPath(sources));
  for (const name of packaged) symlinkSync(join(repository, name), join(installation, name));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sparkctl-own-')));
  const file = join(folder, 'script.mjs');
  writeFileSync(file, `const sources = ${JSON.stringify(sources)};\n${script}`);
  // Another user must be able to read them.
  for (const each of [installation, folder]) chmodSync(each, 0o755);
  const started = execa(process.execPath, [file], {
    env,
    reject: false,
    ...(uid === undefined ? {} : { uid }),
  });
  void started.finally(() => rmSync(folder, { recursive: true, force: true }));
  return started;
}
