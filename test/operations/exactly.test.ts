import { expect, it } from 'vitest';
import { z } from 'zod';
import { exactly } from '../../src/operations/answers/exactly.ts';

interface Thing {
  readonly name: string;
  readonly parts: readonly { readonly id: number; readonly note?: string }[];
}

it('a schema is taken where it is exactly of its type, by the compiler', () => {
  const part = z.object({ id: z.number(), note: z.string().exactOptional() });
  const right = z.object({ name: z.string(), parts: z.array(part) });
  expect(exactly<Thing>()(right)).toBe(right);
  // @ts-expect-error a field is missing that may be left out
  exactly<Thing>()(z.object({ name: z.string(), parts: z.array(part.omit({ note: true })) }));
  // @ts-expect-error a field is there that the type does not have
  exactly<Thing>()(right.extend({ more: z.string().exactOptional() }));
  // @ts-expect-error a kind is missing
  exactly<{ readonly state: 'on' | 'off' }>()(z.object({ state: z.enum(['on']) }));
});
