import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestJsonSchema } from '../../../src/job/manifest/manifest-schema.ts';

it('jobs/manifest.schema.json is what `npm run schema` writes', () => {
  const written = readFileSync(new URL('../../../jobs/manifest.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(manifestJsonSchema())));
});
