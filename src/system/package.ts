import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readJson } from './files/read-json.ts';

/** The folder of this package: the one that holds requirements.txt, spark/ and jobs/, both from src/ and from dist/. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const found = await readJson(join(packageRoot, 'package.json'), z.object({ version: z.string() }), {
  links: 'followed',
});

/** The version of this package. */
export const sparkctlVersion = found.kind === 'value' ? found.value.version : 'unknown';
