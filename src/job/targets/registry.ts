import { z } from 'zod';
import { sqliteTarget } from './sqlite/sqlite-target.ts';
import type { ResolvePath, TargetKind, TargetSettings } from './target.ts';

/** Every kind of target, by its key in the manifest. */
export const targets = { database: sqliteTarget };

export type TargetKey = keyof typeof targets;

type SettingsOf<Kind> = Kind extends TargetKind<z.ZodType, infer Settings> ? Settings : never;

/** A target as the program relies on it: the key of its kind, and that kind's settings with every path absolute. */
export type ResolvedTarget = {
  readonly [Key in TargetKey]: { readonly kind: Key } & SettingsOf<(typeof targets)[Key]>;
}[TargetKey];

export const targetKeys = Object.keys(targets) as readonly TargetKey[];

/** A resolved target that stands in a record. */
export const resolvedTarget: z.ZodType<ResolvedTarget> = z
  .looseObject({ kind: z.enum(Object.keys(targets) as [TargetKey, ...TargetKey[]]) })
  .transform(({ kind, ...settings }, context) => {
    const read = targets[kind].settings.safeParse(settings);
    if (read.success) return { ...(read.data as TargetSettings), kind } as ResolvedTarget;
    for (const { path, message } of read.error.issues)
      context.issues.push({ code: 'custom', path: [...path], message, input: settings });
    return z.NEVER;
  });

/** The kind of a target. Targets are to be given to their own kind only. */
export function kindOf({ kind }: Pick<ResolvedTarget, 'kind'>): AnyKind {
  return targets[kind];
}

type AnyKind = TargetKind<z.ZodType, SettingsOf<(typeof targets)[TargetKey]>>;

/** Resolves the part of a manifest that stands under the key of a kind. */
export async function resolveTarget(
  kind: TargetKey,
  source: unknown,
  inside: ResolvePath,
): Promise<ResolvedTarget> {
  const settings: TargetSettings = await kindOf({ kind }).resolve(source, (at, path) =>
    inside([kind, ...at], path),
  );
  return { ...settings, kind } as ResolvedTarget;
}
