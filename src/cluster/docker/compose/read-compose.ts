import { relative } from 'node:path';
import type { z } from 'zod';
import { describeIssue } from '../../../system/yaml/describe-issue.ts';
import { configurationError, type Diagnostic } from '../../../system/yaml/yaml-file.ts';
import { type ComposeFile, composeSchema, composeService, type Ignored } from './compose-schema.ts';
import { parseComposeYaml, type Variables } from './compose-yaml.ts';

/**
 * Reads a Compose file as far as sparkctl understands it. Every mistake is reported at once with its place, and what
 * is not understood is one: a key that is left out silently would make another cluster than the file describes. Messages
 * name a file of the project by its path there.
 */
export function readCompose(path: string, text: string, variables: Variables, project?: string): ComposeFile {
  const inProject = project === undefined ? '..' : relative(project, path);
  const name = inProject.startsWith('..') ? path : inProject;
  const yaml = parseComposeYaml(name, text, variables);
  const mistakes: Diagnostic[] = [...yaml.mistakes];
  const warnings: Ignored[] = [...yaml.warnings];
  const sift = (map: Readonly<Record<string, unknown>>, at: readonly string[]) =>
    Object.fromEntries(
      Object.entries(map).filter(([key]) => {
        if (key.startsWith('x-')) return false;
        const reason = keysWithoutEffect[key];
        if (reason !== undefined)
          warnings.push({ file: name, what: [...at, key].join('.'), reason: `has no effect: ${reason}` });
        const refused = unsupportedKeys.has(key);
        if (refused)
          mistakes.push(yaml.diagnose([...at, key], `sparkctl does not support "${key}" of Compose`, 'key'));
        return reason === undefined && !refused;
      }),
    );
  const value = isMap(yaml.value) ? sift(yaml.value, []) : yaml.value;
  if (isMap(value) && isMap(value['services'])) {
    value['services'] = Object.fromEntries(
      Object.entries(value['services']).map(([key, service]) => [
        key,
        isMap(service) ? sift(service, ['services', key]) : service,
      ]),
    );
  }
  const result = composeSchema.safeParse(value, { reportInput: true });
  if (!result.success && yaml.isReadable) {
    const found = result.error.issues
      .flatMap(describe)
      .map((issue) => yaml.diagnose(issue.path, issue.message, issue.at));
    // What could not be filled in fits no type either: one mistake is enough.
    mistakes.push(...found.filter((one) => !yaml.mistakes.some((other) => samePlace(one, other))));
  }
  if (result.success)
    mistakes.push(...danglingNames({ ...result.data, path, warnings, diagnose: yaml.diagnose }));
  if (!result.success || mistakes.length > 0) throw configurationError(name, mistakes);
  return { ...result.data, path, warnings, diagnose: yaml.diagnose };
}

/** Names of networks, volumes and services that stand for nothing in the file. */
function danglingNames(file: ComposeFile): readonly Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  for (const [name, service] of Object.entries(file.services)) {
    const at = ['services', name];
    service.networks.forEach((network, index) => {
      if (network in file.networks) return;
      mistakes.push(
        file.diagnose(
          [...at, 'networks', index],
          `the network "${network}" is not declared under "networks"`,
        ),
      );
    });
    service.volumes.forEach(({ type, source }, index) => {
      if (type !== 'volume' || source === undefined || source in file.volumes) return;
      mistakes.push(
        file.diagnose([...at, 'volumes', index], `the volume "${source}" is not declared under "volumes"`),
      );
    });
    service.depends_on.forEach((other, index) => {
      if (other in file.services) return;
      mistakes.push(file.diagnose([...at, 'depends_on', index], `there is no service "${other}"`));
    });
  }
  return mistakes;
}

/** A misspelt key of a service is explained by the keys that a service has. */
function describe(issue: z.core.$ZodIssue): ReturnType<typeof describeIssue> {
  const [first, name, ...rest] = issue.path;
  if (issue.code !== 'unrecognized_keys' || first !== 'services' || name === undefined || rest.length > 0) {
    return describeIssue(issue, composeSchema);
  }
  const inService = describeIssue({ ...issue, path: [] }, composeService);
  return inService.map((described) => ({ ...described, path: [first, name, ...described.path] }));
}

function samePlace(one: Diagnostic, other: Diagnostic): boolean {
  return one.line === other.line && one.column === other.column;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys of Compose that change nothing for a cluster that sparkctl makes; each with the reason for the warning. */
const keysWithoutEffect: Readonly<Record<string, string>> = {
  version: 'Compose itself no longer reads it',
  name: 'a cluster of sparkctl is named after the cluster and the project folder',
  healthcheck: 'sparkctl asks the endpoints of master and history server themselves',
  expose: 'the containers of a network reach each other without it',
  stdin_open: 'no node reads from a terminal',
  tty: 'no node reads from a terminal',
  pull_policy: 'an image that is there is used, and one that is not is built',
};

/** Keys of Compose that sparkctl does not carry out. Leaving them out silently would make another cluster than the file says. */
const unsupportedKeys: ReadonlySet<string> = new Set([
  ...[
    'annotations',
    'attach',
    'blkio_config',
    'cgroup',
    'cgroup_parent',
    'configs',
    'container_name',
    'cpu_count',
  ],
  ...['cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpuset'],
  ...[
    'credential_spec',
    'deploy',
    'develop',
    'device_cgroup_rules',
    'devices',
    'dns',
    'dns_opt',
    'dns_search',
  ],
  ...[
    'domainname',
    'driver_opts',
    'env_file',
    'extends',
    'external_links',
    'gpus',
    'group_add',
    'include',
    'ipc',
  ],
  ...[
    'isolation',
    'label_file',
    'links',
    'logging',
    'mac_address',
    'mem_reservation',
    'mem_swappiness',
    'models',
  ],
  ...[
    'network_mode',
    'oom_kill_disable',
    'oom_score_adj',
    'pid',
    'platform',
    'post_start',
    'pre_stop',
    'privileged',
  ],
  ...[
    'provider',
    'runtime',
    'secrets',
    'stop_grace_period',
    'stop_signal',
    'storage_opt',
    'sysctls',
    'ulimits',
  ],
  ...['use_api_socket', 'userns_mode', 'uts', 'volumes_from'],
]);
