import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the one that holds requirements.txt, spark/ and jobs/, both from src/ and from dist/. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
