import { z } from 'zod';
import type { Diagnostic } from '../../../system/yaml/yaml-file.ts';

/**
 * Variables or labels: a map, or a list of `KEY=VALUE`. The value of a key that has none is undefined: Compose takes
 * it from its own environment.
 */
export const assignments = z
  .unknown()
  .transform((given, context): Readonly<Record<string, string | undefined>> => {
    const refuse = (path: readonly PropertyKey[], input: unknown, message: string): undefined => {
      context.issues.push({ code: 'custom', path: [...path], input, message });
    };
    if (Array.isArray(given)) {
      const entries = given.map((entry: unknown, index) => {
        if (typeof entry !== 'string') return ['', refuse([index], entry, 'expected KEY=VALUE')];
        const at = entry.indexOf('=');
        return at < 0 ? [entry, undefined] : [entry.slice(0, at), entry.slice(at + 1)];
      });
      return Object.fromEntries(entries);
    }
    if (typeof given !== 'object' || given === null) {
      refuse([], given, 'expected a map, or a list of KEY=VALUE');
      return z.NEVER;
    }
    return Object.fromEntries(
      Object.entries(given).map(([key, value]: [string, unknown]) => {
        if (value === null) return [key, undefined];
        if (['string', 'number', 'boolean'].includes(typeof value)) return [key, String(value)];
        return [key, refuse([key], value, 'expected a text or a number')];
      }),
    );
  });

const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** `512m`, `1.5g`, `1073741824`: Compose's sizes, in bytes. Undefined for anything else. */
function parseByteSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)b?$/i.exec(text.trim()) ?? [];
  const factor = factors[unit.toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** A size as a person may write it in a Compose file, in bytes. */
const byteSize = z.union([z.number(), z.string()]).transform((given, context) => {
  const bytes = parseByteSize(String(given));
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'a size is a number with k, m or g, such as 512m or 2g',
    input: given,
  });
  return z.NEVER;
});

/** A port of a container that is published on the host. */
export interface ComposePort {
  /** Undefined: every address of the host. */
  readonly address?: string;
  /** The port of the host that is wanted; undefined: a free one. */
  readonly hostPort?: number;
  readonly containerPort: number;
}

/** `[ADDRESS:][HOST PORT]:CONTAINER PORT`, or the container's port alone; undefined for anything else. */
export function parsePort(text: string): ComposePort | undefined {
  const pattern = /^(?:(?:(?<address>[^:[\]]+|\[[^\]]+\]):)?(?<host>\d*):)?(?<container>\d+)(?:\/tcp)?$/;
  const { address, host, container } = pattern.exec(text.trim())?.groups ?? {};
  const containerPort = Number(container);
  // Compose, too, takes port 0 as a wish for a free one.
  const hostPort = Number(host ?? '') === 0 ? undefined : Number(host);
  if (![containerPort, hostPort ?? 1].every((port) => port > 0 && port < 65_536)) return undefined;
  return {
    containerPort,
    ...(hostPort === undefined ? {} : { hostPort }),
    ...(address === undefined ? {} : { address: address.replace(/^\[|\]$/g, '') }),
  };
}

const composePort = z.union([z.string(), z.number()]).transform((given, context) => {
  const port = parsePort(String(given));
  if (port !== undefined) return port;
  const message =
    'a port is written "127.0.0.1:8080:8080", or "127.0.0.1::8080" for a free one; ranges and UDP are not supported';
  context.addIssue({ code: 'custom', message, input: given });
  return z.NEVER;
});

/** Something of the host, or a volume, that appears in a container. */
interface ComposeVolume {
  readonly type: 'bind' | 'volume';
  /** A bind's folder or file as written, a volume's name; undefined: a volume of this container alone. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** `SOURCE:TARGET[:ro]` or `TARGET`; what begins with `/`, `.` or `~` is a path of the host, anything else a volume. */
function parseVolume(text: string): ComposeVolume | undefined {
  const parts = text.split(':');
  const [first = '', second, mode = 'rw'] = parts;
  if (parts.length > 3 || !/^(rw|ro)$/.test(mode)) return undefined;
  const target = second ?? first;
  if (!target.startsWith('/') || first === '') return undefined;
  if (second === undefined) return { type: 'volume', target, readOnly: false };
  return { type: /^[/.~]/.test(first) ? 'bind' : 'volume', source: first, target, readOnly: mode === 'ro' };
}

const shortForm = z.string().transform((given, context) => {
  const volume = parseVolume(given);
  if (volume !== undefined) return volume;
  const message =
    'a volume is written "SOURCE:TARGET", "SOURCE:TARGET:ro" or "TARGET", with an absolute target and no other colon';
  context.addIssue({ code: 'custom', message, input: given });
  return z.NEVER;
});

const longForm = z
  .strictObject({
    type: z.enum(['bind', 'volume']),
    source: z.string().optional(),
    target: z.string().startsWith('/', 'the target is an absolute path'),
    read_only: z.boolean().default(false),
  })
  .transform(
    ({ type, source, target, read_only: readOnly }): ComposeVolume => ({
      type,
      target,
      readOnly,
      ...(source === undefined ? {} : { source }),
    }),
  );

const composeVolume = z.unknown().transform((given, context): ComposeVolume => {
  const result = (typeof given === 'string' ? shortForm : longForm).safeParse(given, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push(issue as (typeof context.issues)[number]);
  return z.NEVER;
});

// After a variable is filled in, everything is text: numbers and switches are read from text too.
const text = z.union([z.string(), z.number()]).transform(String);
const texts = z.array(text);
const oneOrMore = z.union([text.transform((one) => [one]), texts]);

const wholeNumber = z.union([z.string(), z.number()]).transform((given, context) => {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 0 && String(given).trim() !== '') return number;
  context.addIssue({ code: 'custom', message: 'expected a whole number', input: given });
  return z.NEVER;
});

const yesOrNo = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((given) => String(given) === 'true');

const tmpfsEntry = z.string().transform((entry) => {
  const [path = '', options = ''] = entry.split(/:(.*)/s);
  return { path, options };
});

const buildSection = z.union([
  z.string().transform((context) => ({ context, dockerfile: 'Dockerfile', args: {} })),
  z.strictObject({
    context: z.string().default('.'),
    dockerfile: z.string().default('Dockerfile'),
    args: assignments.default({}),
  }),
]);

/** A list of names, or Compose's map form of it as far as it says no more than the list. */
function names(expected: string) {
  return z.unknown().transform((given, context): string[] => {
    const result = z
      .union([
        z.array(z.string()),
        z.record(
          z.string(),
          z.union([z.null(), z.strictObject({ condition: z.literal('service_started').optional() })]),
        ),
      ])
      .safeParse(given);
    if (result.success) return Array.isArray(result.data) ? result.data : Object.keys(result.data);
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: given });
    return z.NEVER;
  });
}

/** The keys of a service that sparkctl understands, in Compose's own spelling. What is not here is refused by name. */
export const composeService = z.strictObject({
  image: z.string().min(1, 'an image has a name'),
  build: buildSection.optional(),
  command: z.array(text, 'expected a list of words').optional(),
  entrypoint: z.array(text, 'expected a list of words').optional(),
  environment: assignments.default({}),
  labels: assignments.default({}),
  user: text.optional(),
  hostname: z.string().optional(),
  working_dir: z.string().optional(),
  init: yesOrNo.optional(),
  read_only: yesOrNo.optional(),
  cap_add: texts.default([]),
  cap_drop: texts.default([]),
  security_opt: texts.default([]),
  tmpfs: oneOrMore.pipe(z.array(tmpfsEntry)).default([]),
  volumes: z.array(composeVolume).default([]),
  ports: z.array(composePort).default([]),
  networks: names('a list of networks; settings of a single network are not supported').default([]),
  extra_hosts: texts.default([]),
  depends_on: names('a list of services; the one condition that is supported is service_started').default([]),
  profiles: texts.default([]),
  scale: wholeNumber.default(1),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).default('no'),
  mem_limit: byteSize.optional(),
  memswap_limit: byteSize.optional(),
  shm_size: byteSize.optional(),
  cpus: z.coerce.number().positive().optional(),
  pids_limit: wholeNumber.optional(),
});

export type ComposeService = z.output<typeof composeService>;

/** `spark:` without anything after it is how Compose files ask for a network or volume of the usual kind. */
const emptyIfNull = (given: unknown) => given ?? {};

/** The parts of a Compose file that sparkctl understands. */
export const composeSchema = z.strictObject({
  services: z.record(z.string(), composeService),
  networks: z
    .record(
      z.string(),
      z.preprocess(
        emptyIfNull,
        z.strictObject({ driver: z.string().optional(), internal: z.boolean().optional() }),
      ),
    )
    .default({}),
  volumes: z
    .record(z.string(), z.preprocess(emptyIfNull, z.strictObject({ driver: z.string().optional() })))
    .default({}),
});

/** A part of the file that is ignored, with the reason. */
export interface Ignored {
  readonly file: string;
  readonly what: string;
  readonly reason: string;
}

/** A Compose file, read and checked, with its variables filled in. */
export interface ComposeFile extends z.output<typeof composeSchema> {
  /** Absolute; relative paths in the file are relative to its folder. */
  readonly path: string;
  readonly warnings: readonly Ignored[];
  /** Places a mistake that only a reader of the whole can see. */
  diagnose(path: readonly PropertyKey[], message: string, at?: 'key' | 'value'): Diagnostic;
}
