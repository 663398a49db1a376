import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import type { CommandContext } from '../../src/cli/cli-host.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { AnswerName } from '../../src/operations/answers/answers.ts';
import { repository } from './sparkctl.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
const validators = new Map<AnswerName, ValidateFunction>();

/** Says what is wrong with an answer by its published schema, a field that the schema does not name included. */
export function faultsOf(name: AnswerName, answer: unknown): readonly string[] {
  let validate = validators.get(name);
  if (validate === undefined) {
    const published = JSON.parse(readFileSync(join(repository, `schemas/${name}.schema.json`), 'utf8'));
    validate = ajv.compile(closed(published) as object);
    validators.set(name, validate);
  }
  if (validate(answer)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema with nothing allowed that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

/** The commands that can answer in JSON, such as `runs list`: found by walking the real command line. */
export function commandsWithJson(): readonly string[] {
  // No command is run, so none of what it needs is there.
  const walk = (command: Command, words: readonly string[]): readonly string[] => [
    ...(command.options.some(({ long }) => long === '--json') ? [words.join(' ')] : []),
    ...command.commands.flatMap((child) => walk(child, [...words, child.name()])),
  ];
  return walk(buildProgram({ host: {} } as CommandContext), []);
}

/** The commands whose answer needs a runtime, a cluster or a run: `answers.spark.test.ts` asks them, `answers.cli.test.ts` all others. */
export const needSpark: readonly string[] = [
  'submit',
  'runs rerun',
  'env',
  'cluster up',
  'cluster status',
  'cluster scale',
  'cluster open',
  'cluster logs',
];
