import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from './files/read-json.ts';
import { packageRoot } from './package-root.ts';

const found = await readJson(join(packageRoot, 'package.json'), z.object({ version: z.string() }), {
  links: 'followed',
});

/** The version of this package. */
export const sparkctlVersion = found.kind === 'value' ? found.value.version : 'unknown';
