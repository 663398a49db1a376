import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the one that holds requirements.txt, spark/ and jobs/, both from src/ and from dist/. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The version of this package. Read without a schema: help needs it, and loading zod takes longer than all the rest of help. */
export const sparkctlVersion = readVersion();

function readVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      readonly version?: unknown;
    };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
