import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reachMaster } from '../../src/cluster/reach-master.ts';
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

const reach = (master: string) => reachMaster(master, new AbortController().signal);

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
    failureCause: 'cluster',
    message: expect.stringMatching(
      /: 127\.0\.0\.1:\d+ refuses connections, nobody\.invalid:7077 (is a name|did not answer)/,
    ),
  });
});

it.each([
  ['sc://127.0.0.1:PORT/;token=x', '127.0.0.1:PORT'],
  ['k8s://https://127.0.0.1:PORT', '127.0.0.1:PORT'],
  ['k8s://127.0.0.1:PORT', '127.0.0.1:PORT'],
  ['local[*]', undefined],
  ['yarn', undefined],
])('knows where %s is', async (master, address) => {
  expect(await reach(master.replace('PORT', String(open)))).toBe(address?.replace('PORT', String(open)));
});

it.each(['spark://', 'spark://host', 'spark://host:70000', 'spark://a:1,'])(
  'says that %s is no address',
  async (master) => {
    await expect(reach(master)).rejects.toMatchObject({ failureCause: 'usage', code: 'bad-master' });
  },
);
