// Writes jobs/manifest.schema.json anew from the schema that manifests are checked with.
import { writeFileSync } from 'node:fs';
import { manifestJsonSchema } from '../dist/job/manifest/manifest-schema.js';

const path = new URL('../jobs/manifest.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
