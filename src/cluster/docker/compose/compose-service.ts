import { z } from 'zod';
import { assignments } from './assignments.ts';
import { byteSize } from './byte-size.ts';
import { composePort } from './compose-port.ts';
import { composeVolume } from './compose-volume.ts';

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
