import { relative } from 'node:path';
import type { z } from 'zod';
import { describeIssue } from '../../../system/yaml/describe-issue.ts';
import { configurationError, type Diagnostic } from '../../../system/yaml/yaml-file.ts';
import { type ComposeFile, composeSchema, type Ignored } from './compose-file.ts';
import { keysWithoutEffect, unsupportedKeys } from './compose-keys.ts';
import { composeService } from './compose-service.ts';
import { parseComposeYaml } from './compose-yaml.ts';
import type { Variables } from './interpolate.ts';

/**
 * Reads a Compose file as far as sparkctl understands it. Every mistake is reported at once with its place, and what
 * is not understood is one: a key that is left out silently would make another cluster than the file describes.
 */
export function readCompose(path: string, text: string, variables: Variables): ComposeFile {
  const near = relative(process.cwd(), path);
  const name = near.startsWith('..') ? path : near;
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
