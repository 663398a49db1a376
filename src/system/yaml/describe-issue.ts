import type { z } from 'zod';
import { nearestWord } from '../errors/nearest-word.ts';

interface Described {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly at: 'key' | 'value';
}

type Issue = z.core.$ZodIssue;

/** Describes a mistake in the words of the file: one entry for each unknown key, with the nearest one that exists. */
export function describeIssue(issue: Issue, schema: z.ZodType): readonly Described[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path, issue);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknownWord('key', key, known),
        at: 'key' as const,
      }));
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const given = typeof issue.input === 'string' ? issue.input : undefined;
      const message =
        given === undefined ? `expected one of: ${values.join(', ')}` : unknownWord('value', given, values);
      return [{ path, message, at: 'value' }];
    }
    case 'invalid_type':
      return [
        issue.input === undefined && path.length > 0
          ? { path, message: `"${String(path.at(-1))}" is missing`, at: 'key' }
          : {
              path,
              message: `expected ${article(issue.expected)}, found ${describeValue(issue.input)}`,
              at: 'value',
            },
      ];
    case 'invalid_union': {
      if (issue.discriminator !== undefined) {
        const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
        const given = readKey(issue.input, issue.discriminator);
        const at = [...path.filter((step) => step !== issue.discriminator), issue.discriminator];
        const message =
          given === undefined
            ? `"${issue.discriminator}" is missing; it is one of: ${options.join(', ')}`
            : unknownWord(issue.discriminator, String(given), options);
        return [{ path: at, message, at: 'value' }];
      }
      // A schema that says it in words of its own knows better.
      const reason =
        issue.message === 'Invalid input' ? 'does not fit here' : `does not fit: ${issue.message}`;
      return [{ path, message: `${describeValue(issue.input)}${reason}`, at: 'value' }];
    }
    case 'too_small':
      return [
        {
          path,
          message: `${describeValue(issue.input)} is too small: at least ${issue.minimum}`,
          at: 'value',
        },
      ];
    case 'too_big':
      return [
        {
          path,
          message: `${describeValue(issue.input)} is too large: at most ${issue.maximum}`,
          at: 'value',
        },
      ];
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, at: 'key' }];
    default:
      return [{ path, message: `${describeValue(issue.input)}: ${issue.message}`, at: 'value' }];
  }
}

function unknownWord(what: string, word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  if (near !== undefined) return `unknown ${what} "${word}"; did you mean "${near}"?`;
  return `unknown ${what} "${word}"${known.length === 0 ? '' : `; it is one of: ${known.join(', ')}`}`;
}

/** The keys that the schema allows at a path; of a discriminated union those of the branch that was written. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], issue: Issue): readonly string[] {
  let current: z.core.$ZodType | undefined = schema;
  for (const step of path) current = childOf(unwrap(current), step, issue);
  const found = unwrap(current);
  const options = found === undefined ? [] : optionsOf(found, issue);
  return [...new Set(options.flatMap((option) => Object.keys(shapeOf(option) ?? {})))];
}

function childOf(
  schema: z.core.$ZodType | undefined,
  step: PropertyKey,
  issue: Issue,
): z.core.$ZodType | undefined {
  if (schema === undefined) return undefined;
  const definition = schema._zod.def as { element?: z.core.$ZodType };
  if (typeof step === 'number') return definition.element;
  for (const option of optionsOf(schema, issue)) {
    const child = shapeOf(option)?.[String(step)];
    if (child !== undefined) return child;
  }
  return undefined;
}

function optionsOf(schema: z.core.$ZodType, issue: Issue): readonly z.core.$ZodType[] {
  const { options, discriminator } = schema._zod.def as {
    options?: z.core.$ZodType[];
    discriminator?: string;
  };
  if (options === undefined) return [schema];
  const written = discriminator === undefined ? undefined : readKey(issue.input, discriminator);
  const fitting = options.filter((option) => {
    const literal = discriminator === undefined ? undefined : shapeOf(option)?.[discriminator];
    return literal !== undefined && (literal._zod.def as { values?: unknown[] }).values?.includes(written);
  });
  return fitting.length > 0 ? fitting : options;
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  return (unwrap(schema)?._zod.def as { shape?: Record<string, z.core.$ZodType> } | undefined)?.shape;
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const inner = (schema?._zod.def as { innerType?: z.core.$ZodType } | undefined)?.innerType;
  return inner === undefined ? schema : unwrap(inner);
}

function readKey(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : String(value);
}

function article(type: string): string {
  const name = { array: 'list', object: 'map', record: 'map', int: 'whole number' }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
