import { z } from 'zod';

/** Something of the host, or a volume, that appears in a container. */
export interface ComposeVolume {
  readonly type: 'bind' | 'volume';
  /** A bind's folder or file as written, a volume's name; undefined: a volume of this container alone. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** `SOURCE:TARGET[:ro]` or `TARGET`; what begins with `/`, `.` or `~` is a path of the host, anything else a volume. */
export function parseVolume(text: string): ComposeVolume | undefined {
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

export const composeVolume = z.unknown().transform((given, context): ComposeVolume => {
  const result = (typeof given === 'string' ? shortForm : longForm).safeParse(given, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push(issue as (typeof context.issues)[number]);
  return z.NEVER;
});
