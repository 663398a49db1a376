import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { formatError } from '../../src/cli/render/format.ts';
import { readCompose } from '../../src/cluster/docker/compose/read-compose.ts';
import { loadManifest } from '../../src/job/manifest/load-manifest.ts';
import type { Manifest } from '../../src/job/manifest/manifest.ts';
import { foreseen } from '../../src/system/errors/sparkctl-error.ts';
import { repository } from '../support/sparkctl.ts';
import { fuzzTimeoutMs, holdsForAll } from './fuzz.ts';
import { hostileText, spoilt, spoiltText, unprintable } from './hostile.ts';
import { aWorld } from './world.ts';

/** Aliases of aliases: small to write, huge to read. */
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]}, `.repeat(9)}]`))
  .join('\n');
const shipped = readFileSync(join(repository, 'jobs', 'etl.yaml'), 'utf8');
const compose = readFileSync(join(repository, 'docker-compose.yml'), 'utf8');

const good = parse(shipped);
const deep = '['.repeat(50_000);

const manifestFile = fc.oneof(
  spoilt(good).map((value) => stringify(value)),
  spoiltText(shipped),
  hostileText,
  fc.constantFrom(bomb, deep, 'a: *nothing', 'a: &a [*a]'),
);

describe('hostile configuration', { timeout: fuzzTimeoutMs }, () => {
  it('in a manifest is refused, and leads nowhere out of the project', async () => {
    await holdsForAll(
      fc.asyncProperty(manifestFile, async (text) => {
        await using world = aWorld();
        world.write('jobs/etl.yaml', text);
        const before = world.surroundings();
        let manifest: Manifest | undefined;
        const failure = await foreseen(async () => {
          manifest = await loadManifest(join(world.project, 'jobs', 'etl.yaml'), {
            project: world.project,
            workingFolder: world.project,
          });
        });
        if (failure !== undefined) {
          expect([66, 78]).toContain(failure.exitCode);
          expect(formatError(failure)).not.toMatch(unprintable);
        }
        const paths = [
          manifest?.input?.path,
          manifest?.target?.path,
          ...Object.values(manifest?.outputs ?? {}),
        ].filter((path) => path !== undefined);
        for (const path of paths) expect(path.startsWith(`${world.project}/`)).toBe(true);
        expect(world.surroundings()).toBe(before);
      }),
    );
  });

  it('in a Compose file is refused', async () => {
    const file = fc.oneof(
      spoiltText(compose),
      hostileText,
      fc.constantFrom(bomb, deep, 'a: *nothing', 'a: &a [*a]'),
    );
    await holdsForAll(
      fc.asyncProperty(file, async (text) => {
        const failure = await foreseen(async () => readCompose('/p/docker-compose.yml', text, { PWD: '/p' }));
        if (failure === undefined) return;
        expect(failure.exitCode).toBe(78);
        expect(formatError(failure)).not.toMatch(unprintable);
      }),
    );
  });
});
