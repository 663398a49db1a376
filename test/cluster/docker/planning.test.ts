import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FoundContainer } from '../../../src/cluster/docker/find-containers.ts';
import {
  clusterOfComposeProject,
  composeLabel,
  composeProject,
  label,
} from '../../../src/cluster/docker/plan/labels.ts';
import {
  driverLimitMb,
  requireMemory,
  workerLimitMb,
} from '../../../src/cluster/docker/plan/memory-limits.ts';
import { compareCluster, planCluster } from '../../../src/cluster/docker/plan/plan-cluster.ts';
import { type ContainerSpec, createOptions } from '../../../src/cluster/docker/plan/plan-container.ts';
import { javaProxyOptions, planDriver } from '../../../src/cluster/docker/plan/plan-driver.ts';
import { archiveOptions } from '../../../src/spark/class-archive.ts';
import { packageRoot } from '../../../src/system/package.ts';
import { path, plan, planningFacts } from './planned-cluster.ts';

const launch = {
  runId: 'r1',
  runFolder: '/p/.sparkctl/runs/r1',
  artifactsFolder: '/p/.sparkctl/runs/r1/artifacts',
  sparkSubmitArguments: ['--master', 'm', 'a.py'],
  workingFolder: '/p/jobs',
};

describe('the plan of a cluster', () => {
  const spec = planCluster(planningFacts());

  it('has a container for each node, in one network, and no volume that nothing uses', () => {
    expect(spec.containers.map(({ node, name }) => [node, name])).toEqual([
      ['master', `${spec.composeProject}-spark-master-1`],
      ['history', `${spec.composeProject}-spark-history-1`],
      ['worker-1', `${spec.composeProject}-spark-worker-1`],
      ['worker-2', `${spec.composeProject}-spark-worker-2`],
    ]);
    expect(spec.networks.map(({ name }) => name)).toEqual([`${spec.composeProject}_spark`]);
    expect(spec.volumes).toEqual([]);
  });

  it('has a Connect server, with the token that sparkctl made, only where that is wished', () => {
    const [server, ...others] = planCluster(planningFacts({ connect: true })).containers.filter(
      ({ role }) => role === 'connect',
    );
    expect(others).toEqual([]);
    expect(server).toMatchObject({
      node: 'connect',
      ports: [{ address: '127.0.0.1', hostPort: 15_002, containerPort: 15_002 }, { containerPort: 4040 }],
    });
    const token = { target: '/var/lib/spark/connect/token', readOnly: true };
    expect(server?.mounts.find(({ target }) => target === token.target)).toMatchObject(token);
    const without = readFileSync(path, 'utf8').replace('SPARK_MODE: connect', 'ELSE: connect');
    expect(() => planCluster(planningFacts({}, without))).not.toThrow();
    expect(() => planningFacts({ connect: true }, without)).toThrow('no service has SPARK_MODE connect');
  });

  it('closes what sparkctl keeps in the project to all who see the project, but for what they must write', () => {
    const state = '/p/.sparkctl';
    const mountsBelow = (container: ContainerSpec | undefined) =>
      container?.mounts
        .filter(({ target }) => target.startsWith(state))
        .map(({ source, target, readOnly }) => [source === target, target, readOnly ? 'ro' : 'rw']);
    const node = (name: string) => spec.containers.find((container) => container.node === name);
    expect(mountsBelow(node('history'))).toEqual([]);
    expect(mountsBelow(node('master'))).toEqual([
      [true, state, 'ro'],
      [true, `${state}/ivy`, 'rw'],
    ]);
    expect(mountsBelow(node('worker-1'))).toEqual([
      [true, state, 'ro'],
      [true, `${state}/runs`, 'rw'],
    ]);
    expect(
      mountsBelow(
        planDriver({
          ...planningFacts(),
          launch,
          writes: [`${state}/runs/r1/artifacts`, `${state}/runs/r1/spark.log`],
          machineMb: 16_000,
        }),
      ),
    ).toEqual([
      [true, state, 'ro'],
      [true, `${state}/ivy`, 'rw'],
      [true, `${state}/runs/r1/artifacts`, 'rw'],
      [true, `${state}/runs/r1/spark.log`, 'rw'],
    ]);
  });

  it('gives every container no more than it needs', () => {
    for (const container of [
      ...spec.containers,
      planDriver({ ...planningFacts(), launch, writes: [], machineMb: 16_000 }),
    ]) {
      expect(container).toMatchObject({
        user: '1001:0',
        readOnly: true,
        init: true,
        capDrop: ['ALL'],
        capAdd: [],
        securityOptions: ['no-new-privileges:true'],
        tmpfs: { '/tmp': 'exec,mode=1777,size=512m' },
      });
      expect(container.memoryBytes).toBeGreaterThan(512 * 1024 ** 2);
      expect(container.ports.map(({ address }) => address)).toEqual(['127.0.0.1']);
      expect(container.mounts.find(({ target }) => target === '/var/lib/spark/secret/rpc')).toEqual({
        type: 'bind',
        source: '/p/.sparkctl/clusters/default/secret',
        target: '/var/lib/spark/secret/rpc',
        readOnly: true,
      });
      expect(container.mounts.map(({ source }) => source).join()).not.toContain('docker.sock');
    }
  });

  it('shows the project to those who may run its code only, at the same path', () => {
    const seeing = spec.containers.filter(({ mounts }) =>
      mounts.some(({ source, target }) => source === '/p' && target === '/p'),
    );
    expect(seeing.map(({ node }) => node)).toEqual(['master', 'worker-1', 'worker-2']);
  });

  it('carries the labels by which Compose and sparkctl find it again', () => {
    expect(spec.containers[3]?.labels).toMatchObject({
      'com.docker.compose.project': spec.composeProject,
      'com.docker.compose.project.working_dir': '/p',
      'com.docker.compose.service': 'spark-worker',
      'com.docker.compose.container-number': '2',
      'com.docker.compose.oneoff': 'False',
      'sparkctl.project': '/p',
      'sparkctl.cluster': 'default',
      'sparkctl.role': 'worker',
      'sparkctl.ephemeral': 'false',
      'sparkctl.owner.pid': '7',
    });
    expect(spec.containers[3]?.labels[composeLabel.configHash]).toMatch(/^[0-9a-f]{64}$/);
    expect(spec.networks[0]?.labels).toMatchObject({
      'com.docker.compose.network': 'spark',
      'sparkctl.project': '/p',
    });
  });

  it('gives two projects clusters of their own', () => {
    expect(composeProject('default', '/p')).not.toBe(composeProject('default', '/q'));
    expect(clusterOfComposeProject(composeProject('my-cluster', '/p'), '/p')).toBe('my-cluster');
    expect(clusterOfComposeProject('made-by-compose', '/p')).toBe('made-by-compose');
  });

  it('reads sizes from the plan', () => {
    const worker = planCluster(planningFacts({ workerCores: 3, workerMemoryMb: 4096 })).containers[2];
    expect(worker?.environment).toMatchObject({ SPARK_WORKER_CORES: '3', SPARK_WORKER_MEMORY: '4096m' });
    expect(worker?.memoryBytes).toBe((4506 + 1024 + 3 * 512) * 1024 ** 2);
  });
});

describe('a Compose file that describes no whole cluster', () => {
  it('is refused with each thing that is missing or too much', () => {
    const text = readFileSync(path, 'utf8')
      .replace('SPARK_MODE: history', 'SPARK_MODE: historie')
      .replace('SPARK_MODE: submit', 'SPARK_MODE: master')
      .replace('  spark-master:\n    <<: *spark\n', '  spark-master:\n    <<: *spark\n    scale: 2\n');
    expect(() => planningFacts({}, text)).toThrow(
      expect.objectContaining({
        category: 'configuration',
        message: expect.stringMatching(
          /has 5 mistakes:[\s\S]*no service has SPARK_MODE history[\s\S]*no service has SPARK_MODE submit[\s\S]*there is one master only[\s\S]*SPARK_MODE is master, worker, history, connect or submit[\s\S]*is a second service with SPARK_MODE master, after "spark-master"/,
        ),
      }),
    );
  });
});

describe('what changes', () => {
  const found = (spec: ContainerSpec, changes: Partial<FoundContainer> = {}): FoundContainer => ({
    id: spec.name,
    name: spec.name,
    node: spec.node,
    role: spec.role,
    composeProject: spec.labels[composeLabel.project] ?? '',
    cluster: 'default',
    isRunning: true,
    address: '172.18.0.2',
    hostPorts: new Map(),
    labels: spec.labels,
    ...changes,
  });
  const change = (
    changes: Partial<typeof plan>,
    there: (spec: ContainerSpec) => Partial<FoundContainer> = () => ({}),
  ) => {
    const before = planCluster(planningFacts()).containers.map((spec) => found(spec, there(spec)));
    const { remove, create } = compareCluster(planCluster(planningFacts(changes)), before);
    return { remove: remove.map(({ node }) => node), create: create.map(({ node }) => node) };
  };

  it('is nothing when all is as planned, whoever asks', () => {
    expect(change({})).toEqual({ remove: [], create: [] });
    const other = {
      ...planningFacts(),
      ownership: { ...planningFacts().ownership, owner: { pid: 99, startedAt: '1' } },
    };
    const before = planCluster(planningFacts()).containers.map((spec) => found(spec));
    expect(compareCluster(planCluster(other), before)).toEqual({ remove: [], create: [] });
  });

  it('is only the workers when their size changes', () => {
    expect(change({ workerMemoryMb: 2048 })).toEqual({
      remove: ['worker-1', 'worker-2'],
      create: ['worker-1', 'worker-2'],
    });
  });

  it('is only what is added or taken away when their number does', () => {
    expect(change({ workers: 3 })).toEqual({ remove: [], create: ['worker-3'] });
    expect(change({ workers: 1 })).toEqual({ remove: ['worker-2'], create: [] });
  });

  it('is a node that does not run', () => {
    expect(change({}, ({ node }) => ({ isRunning: node !== 'worker-1' }))).toEqual({
      remove: ['worker-1'],
      create: ['worker-1'],
    });
  });

  it('is everything when the master is gone', () => {
    const all = ['master', 'history', 'worker-1', 'worker-2'];
    expect(change({}, ({ node }) => ({ isRunning: node !== 'master' }))).toEqual({
      remove: all,
      create: all,
    });
  });

  it('is never a driver', () => {
    const spec = planCluster(planningFacts());
    const driver = found(planDriver({ ...planningFacts(), launch, writes: [], machineMb: 9000 }));
    expect(compareCluster(spec, [...spec.containers.map((each) => found(each)), driver])).toEqual({
      remove: [],
      create: [],
    });
  });
});

describe('the plan of a driver', () => {
  const driver = planDriver({
    ...planningFacts(),
    environment: { HTTPS_PROXY: 'http://user:pass@proxy.example:3128', NO_PROXY: 'localhost,.example.com' },
    launch,
    propertiesPath: '/p/.sparkctl/clusters/default/drivers/r1.properties',
    writes: [],
    machineMb: 16_000,
  });

  it('is a container of the run, in the working folder, with the arguments untouched', () => {
    expect(driver).toMatchObject({
      name: `${composeProject('default', '/p')}-driver-r1`,
      node: 'driver-r1',
      workingFolder: '/p/jobs',
      command: ['--master', 'm', 'a.py'],
      labels: { [label.run]: 'r1', [label.role]: 'driver', 'com.docker.compose.oneoff': 'True' },
      environment: {
        SPARK_MODE: 'submit',
        SPARK_PROPERTIES_FILE: '/p/.sparkctl/clusters/default/drivers/r1.properties',
        SPARK_IVY_DIR: '/p/.sparkctl/ivy',
        SPARK_SUBMIT_OPTS:
          '-XX:TieredStopAtLevel=1 ' +
          '-Dhttps.proxyHost=proxy.example -Dhttps.proxyPort=3128 -Dhttp.nonProxyHosts=localhost|*.example.com ' +
          '-Dsparkctl.log=/p/.sparkctl/runs/r1/spark.log -Dlog4j2.configurationFile=/opt/spark/conf/driver-log4j2.properties',
      },
    });
  });

  it('is started and compiled in its image as on this machine', () => {
    const entryPoint = readFileSync(join(packageRoot, 'entrypoint.sh'), 'utf8');
    const compared = /-XX:(?:\+Unlock\w+|ArchiveRelocationMode=\d|\+UseTransparentHugePages|Tier4\w+=\d+)/g;
    const options = (text: string) => text.match(compared);
    expect(options(entryPoint)).toHaveLength(7);
    expect(options(entryPoint)).toEqual(options(archiveOptions('/a.jsa', true).join(' ')));
  });

  it('keeps the name and password of a proxy to itself', () => {
    expect(JSON.stringify(driver)).not.toContain('pass@');
    expect(javaProxyOptions({ http_proxy: 'not a url' })).toEqual([]);
  });
});

describe('memory limits', () => {
  it.each([
    [[], 4096],
    [['--driver-memory', '4g', 'a.py'], 8192],
    [['--driver-memory=4g', 'a.py'], 8192],
    [['--conf', 'spark.driver.memory=8g'], 14_336],
    [['--driver-memory', '100g'], 16_000],
    [['--driver-memory', 'nonsense'], 4096],
  ])('of a driver with %j', (args, limit) => {
    expect(driverLimitMb(args, 16_000)).toBe(limit);
  });

  it('of a worker leave room for Python', () => {
    expect(workerLimitMb({ workerMemoryMb: 1024, workerCores: 2 })).toBe(1127 + 1024 + 1024);
  });

  it('are refused where the machine has less', () => {
    expect(() => requireMemory({ ...plan, workerMemoryMb: 8000 }, 16_000)).not.toThrow();
    expect(() => requireMemory({ ...plan, workerMemoryMb: 8001 }, 16_000)).toThrow(
      expect.objectContaining({
        category: 'usage',
        message:
          '2 workers with 8,001 MiB each need 16,002 MiB, and the machine that Docker runs on has 16,000 MiB.',
        hint: 'Ask for less, such as --workers 2 --worker-memory 5888m.',
      }),
    );
    expect(() => requireMemory({ ...plan, workers: 1, workerMemoryMb: 99_999 }, 16_000)).toThrow(
      'One worker with 99,999 MiB needs 99,999 MiB, and the machine that Docker runs on has 16,000 MiB.',
    );
  });
});

describe("Docker's form of a container", () => {
  const [master] = planCluster(planningFacts()).containers;
  if (master === undefined) throw new Error('no master');

  it('publishes the usual port, or leaves the choice to Docker', () => {
    expect(createOptions(master, (wanted) => wanted).HostConfig?.PortBindings).toEqual({
      '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
    });
    expect(createOptions(master, () => undefined).HostConfig?.PortBindings).toEqual({
      '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }],
    });
  });

  it('is reachable in its network by the name of its service', () => {
    expect(createOptions(master, (wanted) => wanted)).toMatchObject({
      Hostname: 'spark-master',
      HostConfig: { NetworkMode: `${composeProject('default', '/p')}_spark` },
      NetworkingConfig: {
        EndpointsConfig: { [`${composeProject('default', '/p')}_spark`]: { Aliases: ['spark-master'] } },
      },
    });
  });
});
