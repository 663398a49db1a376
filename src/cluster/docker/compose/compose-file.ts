import { z } from 'zod';
import type { Diagnostic } from '../../../system/yaml/yaml-file.ts';
import { composeService } from './compose-service.ts';

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

/** A part of the file that is passed over, and why. */
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
