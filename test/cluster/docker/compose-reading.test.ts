import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePort } from '../../../src/cluster/docker/compose/compose-schema.ts';
import { parseEnvFile } from '../../../src/cluster/docker/compose/compose-source.ts';
import { interpolate } from '../../../src/cluster/docker/compose/compose-yaml.ts';
import { readCompose } from '../../../src/cluster/docker/compose/read-compose.ts';
import { SparkctlError } from '../../../src/system/errors/sparkctl-error.ts';
import { repository } from '../../support/sparkctl.ts';

function failureOf(text: string, variables = {}): SparkctlError {
  try {
    readCompose('/p/docker-compose.yml', text, variables);
  } catch (error) {
    if (error instanceof SparkctlError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('the Compose file that comes with sparkctl', () => {
  const path = join(repository, 'docker-compose.yml');
  const text = readFileSync(path, 'utf8');

  it('is understood completely', () => {
    const file = readCompose(path, text, { PWD: '/p' });
    expect(file.warnings).toEqual([]);
    expect(Object.keys(file.services)).toEqual([
      'spark-master',
      'spark-worker',
      'spark-history',
      'spark-connect',
      'spark-submit',
    ]);
    expect(file.services['spark-worker']).toMatchObject({
      scale: 2,
      user: '1001:0',
      mem_limit: 4 * 1024 ** 3,
      ports: [{ address: '127.0.0.1', containerPort: 8081 }],
      volumes: [
        { type: 'bind', source: '/p', target: '/p', readOnly: false },
        { type: 'volume', source: 'spark-secret', target: '/var/lib/spark/secret', readOnly: false },
        { type: 'volume', source: 'spark-work', target: '/var/lib/spark/work', readOnly: false },
      ],
      environment: { SPARK_MODE: 'worker', SPARK_WORKER_CORES: '1', SPARK_RPC_AUTHENTICATION_ENABLED: 'yes' },
    });
  });

  it('takes what is given for its variables', () => {
    const file = readCompose(path, text, {
      PWD: '/p',
      SPARK_WORKERS: '5',
      SPARK_SECRET_MOUNT: '/s/secret:/var/lib/spark/secret/rpc:ro',
      SPARK_MASTER_UI_PORT: '',
    });
    expect(file.services['spark-worker']?.scale).toBe(5);
    expect(file.services['spark-history']?.volumes[0]).toEqual({
      type: 'bind',
      source: '/s/secret',
      target: '/var/lib/spark/secret/rpc',
      readOnly: true,
    });
    expect(file.services['spark-master']?.ports).toEqual([
      { address: '127.0.0.1', hostPort: 8080, containerPort: 8080 },
    ]);
  });
});

describe('a Compose file with mistakes', () => {
  it('has every one of them told at once, with its place, also in a shared part', () => {
    const failure = failureOf(
      `x-node: &node
  image: spark
  mem_limitt: 3g
services:
  spark-master:
    <<: *node
    privileged: true
    mem_limit: lots
    ports: ["80-90:80"]
    volumes: ["a:b:c:d"]
    environment: {A: "\${FOO:?set it}", D: [1]}
    depends_on: {other: {condition: service_healthy}}
    scale: two
  spark-worker: 3
`,
    );
    expect(failure).toMatchObject({ category: 'configuration', exitCode: 78 });
    expect(failure.message).toBe(`/p/docker-compose.yml has 10 mistakes:
/p/docker-compose.yml:3:3: unknown key "mem_limitt"; did you mean "mem_limit"?
  3 |   mem_limitt: 3g
    |   ^^^^^^^^^^
/p/docker-compose.yml:7:5: sparkctl does not support "privileged" of Compose
  7 |     privileged: true
    |     ^^^^^^^^^^
/p/docker-compose.yml:8:16: "lots": a size is a number with k, m or g, such as 512m or 2g
  8 |     mem_limit: lots
    |                ^^^^
/p/docker-compose.yml:9:13: "80-90:80": a port is written "127.0.0.1:8080:8080", or "127.0.0.1::8080" for a free one; ranges and UDP are not supported
  9 |     ports: ["80-90:80"]
    |             ^^^^^^^^^^
/p/docker-compose.yml:10:15: "a:b:c:d": a volume is written "SOURCE:TARGET", "SOURCE:TARGET:ro" or "TARGET", with an absolute target and no other colon
  10 |     volumes: ["a:b:c:d"]
     |               ^^^^^^^^^
/p/docker-compose.yml:11:22: the variable FOO is not set: set it
  11 |     environment: {A: "\${FOO:?set it}", D: [1]}
     |                      ^^^^^^^^^^^^^^^^
/p/docker-compose.yml:11:43: a list: expected a text or a number
  11 |     environment: {A: "\${FOO:?set it}", D: [1]}
     |                                           ^^^
/p/docker-compose.yml:12:17: a map: expected a list of services; the one condition that is supported is service_started
  12 |     depends_on: {other: {condition: service_healthy}}
     |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
/p/docker-compose.yml:13:12: "two": expected a whole number
  13 |     scale: two
     |            ^^^
/p/docker-compose.yml:14:17: expected a map, found 3
  14 |   spark-worker: 3
     |                 ^`);
  });

  it('has names that stand for nothing', () => {
    expect(
      failureOf(`services:
  a:
    image: x
    networks: [there, missing]
    volumes: [data:/d]
    depends_on: [b]
networks: {there: }
`).message,
    ).toBe(`/p/docker-compose.yml has 3 mistakes:
/p/docker-compose.yml:4:23: the network "missing" is not declared under "networks"
  4 |     networks: [there, missing]
    |                       ^^^^^^^
/p/docker-compose.yml:5:15: the volume "data" is not declared under "volumes"
  5 |     volumes: [data:/d]
    |               ^^^^^^^
/p/docker-compose.yml:6:18: there is no service "b"
  6 |     depends_on: [b]
    |                  ^`);
  });

  it('is broken YAML', () => {
    expect(failureOf('services:\n  a: [1\n').message).toMatch(
      /^\/p\/docker-compose\.yml has a mistake:\n\/p\/docker-compose\.yml:3:1: /,
    );
  });

  it('is told what has no effect, instead of silence', () => {
    const file = readCompose(
      '/p/c.yml',
      'version: "3"\nservices: {a: {image: x, healthcheck: {test: x}, hostname: $HOST}}\n',
      {},
    );
    expect(file.warnings.map(({ file, what, reason }) => `${file}: ${what} ${reason}.`)).toEqual([
      '/p/c.yml: the variable HOST is not set; it is taken as empty.',
      '/p/c.yml: version has no effect: Compose itself no longer reads it.',
      '/p/c.yml: services.a.healthcheck has no effect: sparkctl asks the endpoints of master and history server themselves.',
    ]);
  });
});

describe('a shared part', () => {
  it('gives way to what is written beside it, and an earlier one goes before a later one', () => {
    const text = `x-a: &a {image: a, hostname: a, user: a}
x-b: &b {hostname: b, working_dir: /b}
services: {s: {<<: [*a, *b], user: s}}
`;
    expect(readCompose('/p/c.yml', text, {}).services['s']).toMatchObject({
      image: 'a',
      hostname: 'a',
      user: 's',
      working_dir: '/b',
    });
  });
});

describe('a published port', () => {
  it.each([
    ['127.0.0.1:8080:80', { address: '127.0.0.1', hostPort: 8080, containerPort: 80 }],
    ['127.0.0.1::80', { address: '127.0.0.1', containerPort: 80 }],
    ['127.0.0.1:0:80/tcp', { address: '127.0.0.1', containerPort: 80 }],
    ['[::1]:8080:80', { address: '::1', hostPort: 8080, containerPort: 80 }],
    ['8080:80', { hostPort: 8080, containerPort: 80 }],
    ['80', { containerPort: 80 }],
    ['80-81:80', undefined],
    ['80/udp', undefined],
    ['70000:80', undefined],
    ['x:80', undefined],
  ])('%s', (text, port) => {
    expect(parsePort(text)).toEqual(port);
  });
});

describe('variables', () => {
  it.each([
    ['$A-${A}', 'one-one'],
    ['${B:-two}${B-two}', 'two'],
    ['${C:-three}', 'three'],
    ['${A:+yes}${C:+yes}', 'yes'],
    ['$$A $${A}', '$A ${A}'],
    ['${A:-x:y}:${A?no}', 'one:one'],
  ])('%s', (text, filled) => {
    expect(interpolate(text, { A: 'one', B: '' })).toEqual({ text: filled, unset: [] });
  });

  it.each([
    ['${A:?say why}', 'the variable A is not set: say why'],
    ['${A?}', 'the variable A is not set'],
    ['100$', 'a "$" begins a variable such as ${NAME} or ${NAME:-default}; write "$$" for a dollar sign'],
    ['${A:-${B}}', 'the default of A holds another variable, which not every version of Compose understands'],
  ])('%s is a mistake', (text, problem) => {
    expect(interpolate(text, {}).problem).toBe(problem);
  });

  it('are read from an .env file as Compose reads it', () => {
    expect(
      parseEnvFile('# no\nA=1\nexport B = "two words" \nC=\'x#y\'\nD=v # remark\nnonsense\n\nE=\n'),
    ).toEqual({
      A: '1',
      B: 'two words',
      C: 'x#y',
      D: 'v',
      E: '',
    });
  });
});
