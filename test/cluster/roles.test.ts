import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectPort } from '../../src/cluster/connect-server.ts';
import {
  clusterRoles,
  isAwaited,
  isNodeName,
  isRole,
  nodeName,
  roleNames,
  roles,
} from '../../src/cluster/roles.ts';
import { repository } from '../support/sparkctl.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const modes = roleNames.map((role) => roles[role].mode);

it('docker-compose.yml has one service for each role, with its mode, its label and its ports', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Readonly<
      Record<string, { environment: { SPARK_MODE: string }; labels: object; ports: readonly string[] }>
    >;
  };
  const found = Object.values(services).map(({ environment, labels, ports }) => [
    environment.SPARK_MODE,
    labels,
    ports.map((port) => Number(port.split(':').at(-1))).sort((a, b) => a - b),
  ]);
  expect(found).toEqual(
    roleNames.map((role) => [
      roles[role].mode,
      { 'sparkctl.role': role },
      [roles[role].page.port, ...(role === 'connect' ? [connectPort] : [])],
    ]),
  );
});

it('entrypoint.sh takes the modes of the roles and no other, and starts a class for each that is a daemon', () => {
  const script = read('entrypoint.sh');
  const [, accepted = ''] = /case "\$mode" in\s+([a-z| ]+)\)/.exec(script) ?? [];
  expect(
    accepted
      .split('|')
      .map((mode) => mode.trim())
      .sort(),
  ).toEqual([...modes].sort());
  const started = [...script.matchAll(/^ {2}([a-z]+)\)\n(?:(?! {4};;)[^\n]*\n)*? {4}class=(\S+)/gm)];
  expect(Object.fromEntries(started.map(([, mode, className]) => [mode, className]))).toEqual(
    Object.fromEntries(
      roleNames.flatMap((role) => {
        const row = roles[role];
        return 'daemon' in row ? [[row.mode, row.daemon.className]] : [];
      }),
    ),
  );
});

it('a node is named after its role, and no other text is taken for a role or a node', () => {
  const names = ['master', 'worker-2', 'history', 'connect', 'driver-2'];
  expect(roleNames.map((role) => nodeName(role, 2))).toEqual(names);
  for (const role of clusterRoles) expect(isNodeName(nodeName(role, 2), role)).toBe(true);
  const strange = ['worker', 'worker-0', 'worker-', 'worker-1/..', 'worker--1', 'worker-1234567', 'master'];
  expect(strange.filter((name) => isNodeName(name, 'worker'))).toEqual([]);
  expect(['stranger', 'toString', '__proto__', '', undefined].filter(isRole)).toEqual([]);
});

it('of a cluster for one run everything is awaited that its application needs, and of any other all of it', () => {
  expect(clusterRoles.filter((role) => isAwaited(role, true))).toEqual(['master', 'worker', 'connect']);
  expect(clusterRoles.filter((role) => isAwaited(role, false))).toEqual(clusterRoles);
});
