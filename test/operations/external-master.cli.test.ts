import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reachMaster } from '../../src/cluster/external/reach-master.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

/** Something that is no Spark and accepts connections, and a port where nobody does. */
const server = createServer();
let open: number;
let closed: number;

beforeAll(async () => {
  const gone = createServer();
  closed = await portOf(gone);
  open = await portOf(server);
  await new Promise((resolve) => gone.close(resolve));
});

afterAll(() => {
  server.close();
});

async function portOf(listener: typeof server): Promise<number> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
}

const reach = (master: string, environment: Readonly<Record<string, string>> = {}) =>
  reachMaster(master, { signal: new AbortController().signal, environment });

it('ends with 69 within seconds where no master listens, and says the address', async () => {
  await using project = temporaryProject();
  await project.write('job.py', '');
  const master = `spark://127.0.0.1:${closed}`;
  const began = performance.now();
  const { exitCode, stdout, stderr } = await sparkctl(['submit', '--json', '--master', master, 'job.py'], {
    cwd: project.folder,
  });
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(stderr).toContain(
    `sparkctl: Nothing answers at ${master}: 127.0.0.1:${closed} refuses connections.\n  Hint: Start it`,
  );
  expect(exitCode).toBe(69);
  const run = JSON.parse(stdout);
  expect(run).toMatchObject({ state: 'failed', cause: 'cluster', exitCode: 69, cluster: { master } });
  expect(JSON.parse(readFileSync(project.path('.sparkctl/runs', run.id, 'run.json'), 'utf8'))).toEqual(run);
});

it('needs one address of several', async () => {
  await expect(reach(`spark://127.0.0.1:${closed},127.0.0.1:${open}`)).resolves.toBe(`127.0.0.1:${open}`);
});

it('names every address when there is none', async () => {
  await expect(reach(`spark://127.0.0.1:${closed},nobody.invalid:7077`)).rejects.toMatchObject({
    category: 'cluster',
    message: expect.stringMatching(
      /: 127\.0\.0\.1:\d+ refuses connections, nobody\.invalid:7077 (is an unknown host name|is a host name|did not answer)/,
    ),
  });
});

it.each([
  ['sc://127.0.0.1:PORT/;token=x', '127.0.0.1:PORT'],
  ['k8s://https://127.0.0.1:PORT', '127.0.0.1:PORT'],
  ['k8s://127.0.0.1:PORT', '127.0.0.1:PORT'],
  ['local[*]', undefined],
])('knows where %s is', async (master, address) => {
  expect(await reach(master.replace('PORT', String(open)))).toBe(address?.replace('PORT', String(open)));
});

it.each(['spark://', 'spark://host', 'spark://host:70000', 'spark://a:1,'])(
  'says that %s is no address',
  async (master) => {
    await expect(reach(master)).rejects.toMatchObject({ category: 'usage', code: 'bad-master' });
  },
);

describe('yarn', () => {
  const site = (properties: Readonly<Record<string, string>>) =>
    `<configuration><!-- <property><name>yarn.resourcemanager.address</name><value>no:1</value></property> -->${Object.entries(
      properties,
    )
      .map(
        ([name, value]) =>
          `<property>\n<name> yarn.resourcemanager.${name}</name><value>${value}</value></property>`,
      )
      .join('')}</configuration>`;

  it.each([
    { words: ['--dry-run'], variable: undefined, says: 'neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set.' },
    {
      words: [],
      variable: '/nonexistent/hadoop',
      says: 'HADOOP_CONF_DIR names /nonexistent/hadoop, which is not there',
    },
  ])('needs a configuration: $says', async ({ words, variable, says }) => {
    await using project = temporaryProject();
    await project.write('job.py', '');
    const env = { HADOOP_CONF_DIR: variable, YARN_CONF_DIR: undefined };
    const { exitCode, stderr } = await sparkctl(['submit', ...words, '--master', 'yarn', 'job.py'], {
      cwd: project.folder,
      env,
    });
    expect(stderr).toContain(says);
    expect(stderr).toContain('Set HADOOP_CONF_DIR to the folder');
    expect(exitCode).toBe(78);
  });

  it('ends with 69 where no ResourceManager listens', async () => {
    await using project = temporaryProject();
    await project.write('job.py', '');
    await project.write('hadoop/yarn-site.xml', site({ address: `127.0.0.1:${closed}` }));
    const { exitCode, stderr } = await sparkctl(['submit', '--master', 'yarn', 'job.py'], {
      cwd: project.folder,
      env: { HADOOP_CONF_DIR: project.path('hadoop') },
    });
    expect(stderr).toContain(`Nothing answers at yarn: 127.0.0.1:${closed} refuses connections.`);
    expect(exitCode).toBe(69);
  });

  it.each([
    [
      'one of several',
      () => ({
        'ha.enabled': 'true',
        'ha.rm-ids': 'a, b',
        'address.a': `127.0.0.1:${closed}`,
        'address.b': `127.0.0.1:${open}`,
      }),
      true,
    ],
    ['one that only Hadoop can work out', () => ({ address: '${env.RM}:8032' }), false],
  ])('needs %s', async (_, properties, isCalled) => {
    await using project = temporaryProject();
    await project.write('yarn-site.xml', site(properties()));
    expect(await reach('yarn', { YARN_CONF_DIR: project.folder })).toBe(
      isCalled ? `127.0.0.1:${open}` : undefined,
    );
  });
});
