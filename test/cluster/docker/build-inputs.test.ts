import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  dockerfileSources,
  readBuildContext,
  stageContext,
} from '../../../src/cluster/docker/image/build-context.ts';
import { buildLog } from '../../../src/cluster/docker/image/build-image.ts';
import { imageFlavour } from '../../../src/cluster/docker/image/image-flavour.ts';
import { repository } from '../../support/sparkctl.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

describe('what an image is built from', () => {
  it('is read from its Dockerfile', () => {
    const text = `FROM a AS b
# COPY not-this /
COPY --chown=1:0 one.txt \\
     two/*.txt /there/
copy --from=b /x /y
ADD ["a file", "https://example.com/x", "/z"]
RUN COPY=1 true`;
    expect(dockerfileSources(text)).toEqual(['one.txt', 'two/*.txt', 'a file']);
  });

  it('is, of the image that comes with sparkctl, all that .dockerignore lets through', async () => {
    const { files, dockerfile } = await readBuildContext({
      folder: repository,
      dockerfile: 'spark/Dockerfile',
      caBundle: '/dev/null',
    });
    const ignored = readFileSync(join(repository, '.dockerignore'), 'utf8');
    const allowed = [...ignored.matchAll(/^!(.+)$/gm)].map(([, path]) => path ?? '');
    expect(dockerfile).toBe('spark/Dockerfile');
    const paths = files.map(({ path }) => path);
    const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
    expect(paths.filter((path) => !allowed.some((place) => within(path, place)))).toEqual([]);
    expect(allowed.filter((place) => !paths.some((path) => within(path, place)))).toEqual([]);
    expect(paths.filter((path) => path.includes('__pycache__'))).toEqual([]);
  });

  it('gives another tag whenever a part of it changes, and the same otherwise', async () => {
    await using project = temporaryProject();
    await project.write('Dockerfile', 'FROM a\nCOPY run.sh conf ca-bundle.cr[t] /x/\n');
    await project.write('run.sh', 'one');
    await project.write('conf/a', 'a');
    await project.write('elsewhere', 'x');
    const bundle = await project.write('bundle.pem', 'certificates');
    const tag = async (caBundle?: string, args: Record<string, string> = {}) =>
      (
        await readBuildContext({
          folder: project.folder,
          dockerfile: 'Dockerfile',
          args,
          ...(caBundle ? { caBundle } : {}),
        })
      ).tag;
    const tags = [await tag()];
    expect(await tag()).toBe(tags[0]);
    await project.write('elsewhere', 'y');
    expect(await tag()).toBe(tags[0]);
    tags.push(await tag(bundle));
    await project.write('bundle.pem', 'other certificates');
    tags.push(await tag(bundle));
    tags.push(await tag(undefined, { BASE_IMAGE: 'debian@sha256:1' }));
    tags.push(await tag(undefined, { BASE_IMAGE: 'debian@sha256:2' }));
    await project.write('run.sh', 'two');
    tags.push(await tag());
    await chmod(project.path('run.sh'), 0o755);
    tags.push(await tag());
    await project.write('conf/b', 'b');
    tags.push(await tag());
    await project.write('Dockerfile', 'FROM b\nCOPY run.sh conf ca-bundle.cr[t] /x/\n');
    tags.push(await tag());
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('is laid out in a folder that is gone afterwards', async () => {
    await using project = temporaryProject();
    mkdirSync(project.path('spark'));
    writeFileSync(project.path('spark/Dockerfile'), 'FROM a\nCOPY spark/ca-bundle.cr[t] /x/\n');
    const bundle = await project.write('bundle.pem', 'certificates');
    const context = await readBuildContext({
      folder: project.folder,
      dockerfile: 'spark/Dockerfile',
      caBundle: bundle,
    });
    let folder = '';
    {
      await using staged = await stageContext(context);
      folder = staged.folder;
      expect(readFileSync(join(folder, 'spark/ca-bundle.crt'), 'utf8')).toBe('certificates');
    }
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  it('says which certificates cannot be read', async () => {
    await expect(
      readBuildContext({ folder: repository, dockerfile: 'spark/Dockerfile', caBundle: '/none.pem' }),
    ).rejects.toMatchObject({
      category: 'input',
      message: 'The CA bundle, /none.pem, cannot be read (ENOENT).',
      hint: 'Check SSL_CERT_FILE and NODE_EXTRA_CA_CERTS, or the file itself.',
    });
  });
});

describe('the log of a build', () => {
  const said = (text: string) => `${JSON.stringify({ stream: text })}\n`;

  it('is told line by line, however it is cut, without housekeeping and colours', () => {
    const log = buildLog();
    const all = `${said('Step 1/2 : FROM x\n')}${said(' ---> 0123\n')}${said('\u001b[31mred')}${said(' line\n')}${said('(1%)\r(2%)\r(3%)\n')}`;
    const lines = [...all].flatMap((character) => log.take(character));
    expect(lines).toEqual(['Step 1/2 : FROM x', 'red line', '(3%)']);
    expect(log.failure()).toBeUndefined();
  });

  it.each([3, 40])('keeps the failing step and its last lines, of %i', (lines) => {
    const log = buildLog();
    log.take(said('Step 1/2 : FROM x\nfirst\n') + said('Step 2/2 : RUN fail\n'));
    for (let line = 1; line <= lines; line++) log.take(said(`line ${line}\n`));
    log.take(JSON.stringify({ errorDetail: {}, error: 'returned a non-zero code: 3' }));
    expect(log.failure()).toMatchObject({
      step: 'Step 2/2 : RUN fail',
      error: 'returned a non-zero code: 3',
      lines: Array.from({ length: lines }, (_, index) => `line ${index + 1}`).slice(-15),
    });
  });
});

describe('an image that is named', () => {
  const facts = { name: 'x', environment: [], entrypoint: [], labels: {} };

  it('is recognised by what it declares', () => {
    expect(imageFlavour({ ...facts, labels: { 'sparkctl.image': '1' } })).toEqual({ kind: 'own' });
    expect(imageFlavour({ ...facts, environment: ['A=1', 'SPARK_HOME=/opt/bitnami/spark'] })).toEqual({
      kind: 'foreign',
      sparkHome: '/opt/bitnami/spark',
    });
    expect(imageFlavour({ ...facts, entrypoint: ['/opt/bitnami/scripts/spark/entrypoint.sh'] })).toEqual({
      kind: 'foreign',
      sparkHome: '/opt/bitnami/spark',
    });
    expect(imageFlavour({ ...facts, entrypoint: ['/opt/entrypoint.sh'] })).toEqual({
      kind: 'foreign',
      sparkHome: '/opt/spark',
    });
  });

  it('is refused where it is none of Spark', () => {
    expect(() => imageFlavour({ ...facts, name: 'postgres:16' })).toThrow(
      "The image postgres:16 does not look like one of Spark: it sets no SPARK_HOME, and has neither bitnami's nor apache/spark's entry point.",
    );
  });
});
