import { chmod } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { lastLogLines } from '../../../src/cluster/docker/containers.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { builtImage, daemon, describeDocker, runContainer } from './docker-tests.ts';

describeDocker('the entry point of the image', () => {
  let image = '';
  const run = async (environment: Record<string, string>, command: readonly string[] = [], more = {}) =>
    await runContainer({ image, environment, command, ...more });

  beforeAll(async () => {
    image = await builtImage();
  });

  it.each([
    [{ SPARK_MODE: 'boss' }, "SPARK_MODE is 'boss': write master, worker, history, connect or submit."],
    [
      { SPARK_MODE: 'connect' },
      'SPARK_MODE is connect: give SPARK_CONNECT_AUTHENTICATE_TOKEN or SPARK_CONNECT_AUTHENTICATE_TOKEN_FILE.',
    ],
    [{ SPARK_MODE: 'submit' }, 'SPARK_MODE is submit: give what spark-submit shall run, such as app.py.'],
    [
      { SPARK_MODE: 'worker', SPARK_MASTER_URL: 'master:7077' },
      "SPARK_MASTER_URL is 'master:7077': write spark://HOST:PORT.",
    ],
    [{ SPARK_WORKER_CORES: 'two' }, "SPARK_WORKER_CORES is 'two': write a number."],
    [{ SPARK_WORKER_MEMORY: 'much' }, "SPARK_WORKER_MEMORY is 'much': write a size such as 512m or 2g."],
    [
      { SPARK_RPC_ENCRYPTION_ENABLED: 'perhaps' },
      "SPARK_RPC_ENCRYPTION_ENABLED is 'perhaps': write yes or no.",
    ],
    [
      { SPARK_RPC_ENCRYPTION_ENABLED: 'yes' },
      'SPARK_RPC_ENCRYPTION_ENABLED is on without SPARK_RPC_AUTHENTICATION_ENABLED: Spark encrypts only what it authenticates.',
    ],
    [
      { SPARK_RPC_AUTHENTICATION_ENABLED: 'yes' },
      'SPARK_RPC_AUTHENTICATION_ENABLED is on: give SPARK_RPC_AUTHENTICATION_SECRET or SPARK_RPC_AUTHENTICATION_SECRET_FILE.',
    ],
    [
      { SPARK_RPC_AUTHENTICATION_ENABLED: 'yes', SPARK_RPC_AUTHENTICATION_SECRET_FILE: '/none' },
      "SPARK_RPC_AUTHENTICATION_SECRET_FILE is '/none', which user 1001 cannot read.",
    ],
    [
      { SPARK_SSL_ENABLED: 'yes' },
      'SPARK_SSL_ENABLED is on: give SPARK_SSL_KEY_PASSWORD or SPARK_SSL_KEY_PASSWORD_FILE.',
    ],
    [
      { SPARK_MODE: 'history', SPARK_EVENTS_DIR: '/none' },
      "SPARK_EVENTS_DIR is '/none', which is not there: mount the folder of event logs.",
    ],
  ])('says in one line what is wrong with %j', async (environment, line) => {
    expect(await run(environment)).toEqual({ exitCode: 64, output: `entrypoint: ${line}` });
  });

  it("makes Spark's settings from bitnami's variables, and keeps secrets out of the environment", async () => {
    await using project = temporaryProject();
    await chmod(project.folder, 0o755);
    const secret = await project.write('secret', 'a=b \\ # c\n');
    const { exitCode, output } = await run(
      {
        SPARK_MASTER_URL: 'spark://elsewhere:7078',
        SPARK_RPC_AUTHENTICATION_ENABLED: 'YES',
        SPARK_RPC_AUTHENTICATION_SECRET_FILE: '/secret',
        SPARK_RPC_ENCRYPTION_ENABLED: 'true',
        SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED: '1',
        SPARK_SSL_ENABLED: 'yes',
        SPARK_SSL_KEY_PASSWORD: 'k-word',
        SPARK_SSL_KEYSTORE_PASSWORD: 's-word',
        SPARK_SSL_TRUSTSTORE_PASSWORD: 't-word',
        SPARK_SSL_KEYSTORE_FILE: '/etc/hostname',
        SPARK_SSL_TRUSTSTORE_FILE: '/etc/hosts',
        SPARK_METRICS_ENABLED: 'true',
      },
      [
        'bash',
        '-c',
        'stat -c "%a %U" "$SPARK_CONF_DIR" "$SPARK_CONF_DIR"/spark-defaults.conf; cat "$SPARK_CONF_DIR"/*; env',
      ],
      { binds: [`${secret}:/secret:ro`] },
    );
    expect(exitCode).toBe(0);
    const lines = output.split('\n');
    expect(lines.slice(0, 2)).toEqual(['700 spark', '600 spark']);
    for (const line of [
      'spark.master spark://elsewhere:7078',
      'spark.master.rest.enabled false',
      'spark.authenticate true',
      'spark.authenticate.secret a=b \\\\ # c',
      'spark.network.crypto.enabled true',
      'spark.network.crypto.cipher AES/GCM/NoPadding',
      'spark.io.encryption.enabled true',
      'spark.ssl.enabled true',
      'spark.ssl.needClientAuth true',
      'spark.ssl.protocol TLSv1.2',
      'spark.ssl.keyStore /etc/hostname',
      'spark.ssl.trustStorePassword t-word',
      '*.sink.prometheusServlet.class=org.apache.spark.metrics.sink.PrometheusServlet',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.filter((line) => /^SPARK_.*(PASSWORD|SECRET)=/.test(line))).toEqual([]);
  });

  it('gives any user id a name, and keeps to its word about who may write', async () => {
    const { exitCode, output } = await run(
      {},
      ['bash', '-c', 'id -un; touch /opt/spark/x 2>&1; touch /tmp/x && echo written'],
      {
        user: '4242:0',
      },
    );
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: "spark\ntouch: cannot touch '/opt/spark/x': Read-only file system\nwritten",
    });
  });

  it('makes a secret once, whoever comes first', async () => {
    await using project = temporaryProject();
    await chmod(project.folder, 0o777);
    const environment = {
      SPARK_RPC_AUTHENTICATION_ENABLED: 'yes',
      SPARK_RPC_AUTHENTICATION_SECRET_FILE: `${project.folder}/rpc`,
      SPARK_RPC_AUTHENTICATION_SECRET_GENERATE: 'yes',
    };
    const show = [
      'bash',
      '-c',
      `grep authenticate.secret "$SPARK_CONF_DIR"/spark-defaults.conf; ls -A ${project.folder}`,
    ];
    const binds = [`${project.folder}:${project.folder}`];
    const outcomes = await Promise.all([1, 2, 3].map(() => run(environment, show, { binds })));
    // Beside it there may be what another one is just making.
    expect(outcomes[0]?.output).toMatch(/^spark\.authenticate\.secret [0-9a-f]{64}\n(?:.*\n)*rpc$/);
    expect(new Set(outcomes.map(({ output }) => output.split('\n')[0])).size).toBe(1);
  });

  it('passes a signal on to the role at once, also while a worker waits for its master', async () => {
    for (const [environment, sign, exitCode] of [
      [{ SPARK_MODE: 'master' }, 'I have been elected leader', 143],
      [
        { SPARK_MODE: 'worker', SPARK_MASTER_URL: 'spark://127.0.0.1:1' },
        'waiting for the master at spark://127.0.0.1:1',
        143,
      ],
    ] as const) {
      let endedAfterMs = 0;
      const outcome = await runContainer({ image, environment }, async (id) => {
        const ready = await waitUntil(
          async () => (await lastLogLines(daemon(), id)).some((line) => line.includes(sign)) || undefined,
          { timeoutMs: 60_000, intervalMs: 200 },
        );
        expect(ready).toBe(true);
        const startedAt = performance.now();
        await daemon().ask('the end', (docker) => docker.getContainer(id).stop({ t: 30 }));
        endedAfterMs = performance.now() - startedAt;
      });
      expect(outcome.exitCode).toBe(exitCode);
      expect(endedAfterMs).toBeLessThan(20_000);
    }
  });
});
