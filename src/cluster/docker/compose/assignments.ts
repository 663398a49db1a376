import { z } from 'zod';

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
