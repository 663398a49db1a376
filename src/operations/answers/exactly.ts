import type { z } from 'zod';

/** A type in a form that can be compared: without `readonly`, and with every key that may be left out named as such. */
type Plain<T> = T extends readonly (infer Item)[]
  ? { readonly items: Plain<Item> }
  : T extends object
    ? {
        -readonly [Key in keyof T]-?: object extends Pick<T, Key>
          ? { readonly optional: Plain<Exclude<T[Key], undefined>> }
          : Plain<T[Key]>;
      }
    : T;

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? unknown : 'they differ';

/** Takes a schema of exactly this type: the compiler refuses one that lacks a field or a kind, or has one too many. */
export function exactly<Type>() {
  return <Schema extends z.ZodType>(schema: Schema & Same<Plain<Type>, Plain<z.output<Schema>>>): Schema =>
    schema;
}
