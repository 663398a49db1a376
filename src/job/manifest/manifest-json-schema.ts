import { z } from 'zod';
import { manifestSchema } from './manifest-schema.ts';

/** The JSON Schema (draft 7) of a manifest, for editors. `jobs/manifest.schema.json` holds it; `npm run schema` writes it anew. */
export function manifestJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input' }),
    title: 'sparkctl job manifest',
  };
}
