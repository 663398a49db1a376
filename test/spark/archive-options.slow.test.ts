import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { archiveOptions } from '../../src/spark/class-archive.ts';
import { javaVersion } from '../../src/spark/prerequisites.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

/** Every Java of this machine: an archive of one must be passed over by all others. */
async function everyJava(): Promise<readonly string[]> {
  const folder = '/usr/lib/jvm';
  const homes = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  const working = await Promise.all(homes.map(async (home) => ((await javaVersion(home)) ? [home] : [])));
  return [...new Set([(await testInstallation().java()).home, ...working.flat()])];
}

it('no Java says a word about an archive that is absent, truncated or of another Java', async () => {
  await using project = temporaryProject();
  const homes = await everyJava();
  const archives = [project.path('absent.jsa')];
  archives.push(await project.write('garbage.jsa', Buffer.alloc(100_000, 7)));
  archives.push(await project.write('empty.jsa', ''));
  for (const [number, home] of homes.entries()) {
    const whole = project.path(`whole-${number}.jsa`);
    await execa(join(home, 'bin', 'java'), ['-Xshare:dump', `-XX:SharedArchiveFile=${whole}`], {
      reject: false,
    });
    archives.push(whole);
    const { stdout } = await execa('head', ['-c', '500000', whole], { encoding: 'buffer', reject: false });
    archives.push(await project.write(`half-${number}.jsa`, stdout));
  }
  for (const home of homes) {
    const java = join(home, 'bin', 'java');
    const { stdout, stderr } = await execa(java, ['-version']);
    const silent = stderr.replace(', sharing', '');
    for (const archive of archives) {
      const more = ['-cp', project.folder, '-version'];
      const used = await execa(java, [...archiveOptions(archive, true), ...more]);
      expect([used.stdout, used.stderr.replace(', sharing', '')], `${home} ${archive}`).toEqual([
        stdout,
        silent,
      ]);
    }
  }
});
