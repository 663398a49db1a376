import { expect, it } from 'vitest';
import { operationContext } from '../../src/cluster/operation-context.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { countingPrograms } from '../support/counting-programs.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it('the settings of a context stand above its environment, which counts where there are none', async () => {
  await using project = temporaryProject();
  const programs = await countingPrograms(project, {
    java: `echo 'openjdk version "21.0.2"' >&2`,
    python: 'exit 1',
  });
  const environment = { ...programs.environment, PATH: '/usr/bin:/bin', SSL_CERT_FILE: '/variable.pem' };
  const unreadable = async (caBundle?: string) => {
    const events: SparkctlEvent[] = [];
    const { spark, environment: seen } = operationContext({
      project: project.folder,
      environment,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      settings: { caBundle },
    });
    expect(await spark.trustStore()).toBeUndefined();
    return { events, names: [seen['SSL_CERT_FILE'], seen['PIP_CERT']] };
  };
  const event = { kind: 'certificates-unreadable', code: 'ENOENT' };
  expect(await unreadable('/setting.pem')).toEqual({
    events: [{ ...event, path: '/setting.pem' }],
    names: ['/setting.pem', '/setting.pem'],
  });
  expect(await unreadable()).toEqual({
    events: [{ ...event, path: '/variable.pem' }],
    names: ['/variable.pem', undefined],
  });
});
