import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../errors/has-error-code.ts';
import { type JobMetrics, jobMetricsSchema } from './run-record.ts';
import { artifactsFolder } from './run-store.ts';

/** What a script left in `artifacts/` of its run folder. */
export interface Artifacts {
  readonly metrics?: JobMetrics;
  readonly pictures: readonly { readonly name: string; readonly svg: string }[];
  /** What could not be taken, and why, one sentence each. */
  readonly problems: readonly string[];
}

const largestBytes = 2 * 1024 * 1024;
const mostPictures = 24;

/** Reads metrics and pictures, as far as they are what they should be: a script may write anything there. */
export async function readArtifacts(runFolder: string): Promise<Artifacts> {
  const folder = join(runFolder, artifactsFolder);
  const names = (await readdir(folder).catch(() => [])).sort();
  const problems: string[] = [];
  const read = async (name: string) => {
    const text = await readSmallFile(join(folder, name));
    if (typeof text === 'string') return text;
    problems.push(`artifacts/${name} was left out: ${text.problem}.`);
    return undefined;
  };
  const pictures: { name: string; svg: string }[] = [];
  const drawings = names.filter((name) => name.endsWith('.svg'));
  for (const name of drawings.slice(0, mostPictures)) {
    const svg = await read(name);
    if (svg !== undefined) pictures.push({ name: name.slice(0, -'.svg'.length), svg });
  }
  if (drawings.length > mostPictures)
    problems.push(`Of ${drawings.length} pictures in artifacts/ the report shows the first ${mostPictures}.`);
  const text = names.includes('metrics.json') ? await read('metrics.json') : undefined;
  const metrics = text === undefined ? undefined : parseMetrics(text, problems);
  return { ...(metrics && { metrics }), pictures, problems };
}

function parseMetrics(text: string, problems: string[]): JobMetrics | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    problems.push(`artifacts/metrics.json was left out: ${error instanceof Error ? error.message : error}.`);
    return undefined;
  }
  const parsed = jobMetricsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  problems.push(
    `artifacts/metrics.json was left out: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not as it should be'}.`,
  );
  return undefined;
}

/** Never through a link: a script could lay one to a file that is none of its business. */
async function readSmallFile(path: string): Promise<string | { readonly problem: string }> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.nlink > 1) return { problem: 'it is no file of its own' };
      if (found.size > largestBytes) return { problem: `it has more than ${largestBytes} bytes` };
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasErrorCode(error, 'ELOOP', 'EMLINK')) return { problem: 'it is a symbolic link' };
    if (hasErrorCode(error, 'ENOENT', 'EACCES', 'ENXIO')) return { problem: 'it cannot be read' };
    throw error;
  }
}
