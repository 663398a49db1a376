import { z } from 'zod';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** `512m`, `1.5g`, `1073741824`: Compose's sizes, in bytes. Undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)b?$/i.exec(text.trim()) ?? [];
  const factor = factors[unit.toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** A size as a person may write it in a Compose file, in bytes. */
export const byteSize = z.union([z.number(), z.string()]).transform((given, context) => {
  const bytes = parseByteSize(String(given));
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'a size is a number with k, m or g, such as 512m or 2g',
    input: given,
  });
  return z.NEVER;
});
