import { createHash } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode, wrapWriteError } from '../../system/errors/system-error.ts';
import { filePieces } from '../../system/files/read-file.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import type { Dataset } from './dataset.ts';
import { defectRates } from './defect-rates.ts';
import { type Ledger, LedgerBuilder, ledgerPathOf, readLedger } from './ledger.ts';
import type { PartialFile } from './partial-file.ts';
import { findDataset } from './registry.ts';

export interface GenerateRequest {
  readonly dataset: string;
  readonly seed: number;
  readonly rows: number;
  /** Rates by defect, each from 0 to 1; a defect that is not named does not occur. */
  readonly defects?: Readonly<Record<string, number>> | undefined;
  /** The data file, absolute. Its folder is made where it is missing. */
  readonly path: string;
  /** Aborts the generation: nothing is left of what was begun, and the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** The threads that make rows, the same ones on any number. Without it as many as there are processors, and none for a few rows. */
  readonly threads?: number | undefined;
  /** Told now and then how many rows are written. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

export interface GenerateOutcome {
  readonly ledger: Ledger;
  /** True when the file was there already, exactly as wanted, and was not touched. */
  readonly reused: boolean;
  /** The reason for writing or keeping it, in one clause. */
  readonly reason: string;
}

type Wanted = Pick<Ledger, 'dataset' | 'generator' | 'seed' | 'rows' | 'defects'>;

/** Puts a dataset's file and its ledger at a path. A file there that no generator wrote is never overwritten. */
export async function generateDataset(request: GenerateRequest): Promise<GenerateOutcome> {
  const { path, signal } = request;
  signal?.throwIfAborted();
  const dataset = findDataset(request.dataset);
  const wanted = wantedOf(request);
  try {
    const present = await presentFile(path);
    const reason = await reasonToWrite(path, present, wanted, signal);
    if (reason === undefined && present !== undefined) {
      return { ledger: present, reused: true, reason: 'it is already the one that is wanted' };
    }
    await mkdir(dirname(path), { recursive: true });
    return { ledger: await write(dataset, wanted, request), reused: false, reason: reason ?? '' };
  } catch (error) {
    throw wrapWriteError(error, `The data file ${path}`);
  }
}

function wantedOf(request: Omit<GenerateRequest, 'path'>): Wanted {
  const dataset = findDataset(request.dataset);
  return {
    dataset: request.dataset,
    generator: dataset.generator,
    seed: naturalNumber('seed', request.seed),
    rows: naturalNumber('number of rows', request.rows),
    defects: defectRates(request.dataset, dataset, request.defects ?? {}),
  };
}

/** A name for the data that a request wants: with the same name it is the same data, byte by byte. */
export function versionOf(request: Omit<GenerateRequest, 'path'>): string {
  return nameOf(wantedOf(request));
}

/** The same name for the data that is at a path; undefined where no generator has written it. */
export async function presentVersion(path: string): Promise<string | undefined> {
  const ledger = await readLedger(path).catch(() => undefined);
  return ledger && nameOf(ledger);
}

function nameOf({ dataset, generator, seed, rows, defects }: Wanted): string {
  return JSON.stringify([dataset, generator, seed, rows, defects]);
}

/** The ledger of the file that is there, undefined where nothing is; a file without one was not generated. */
async function presentFile(path: string): Promise<Ledger | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const ledger = found.isFile() ? await readLedger(path) : undefined;
  if (ledger !== undefined) return ledger;
  throw new SparkctlError({
    code: 'not-ours-to-overwrite',
    category: 'output',
    message: found.isFile()
      ? `${path} is there already and has no ledger (${ledgerPathOf(path)}), so sparkctl did not generate it and does not overwrite it.`
      : `${path} is there already and is no regular file, so it is not overwritten.`,
    hint: 'Choose another path for the generated data, or move that file away. To load it as it is, leave the dataset out of the manifest.',
    details: { path },
  });
}

async function reasonToWrite(
  path: string,
  present: Ledger | undefined,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (present === undefined) return 'it was not there';
  for (const fact of ['dataset', 'generator', 'seed', 'rows'] as const) {
    if (present[fact] !== wanted[fact])
      return `the one there has another ${fact === 'rows' ? 'number of rows' : fact}`;
  }
  if (JSON.stringify(present.defects) !== JSON.stringify(wanted.defects)) {
    return 'the one there has other defects';
  }
  const { bytes, sha256 } = await fileDigest(path, signal);
  const unchanged = bytes === present.file.bytes && sha256 === present.file.sha256;
  return unchanged ? undefined : 'the one there was changed since it was generated';
}

/** The size and the SHA-256 of a file. */
async function fileDigest(path: string, signal?: AbortSignal): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const piece of filePieces(path, signal)) {
    digest.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: digest.digest('hex') };
}

async function write(dataset: Dataset, wanted: Wanted, request: GenerateRequest): Promise<Ledger> {
  const { path, signal, onProgress, threads = threadsFor(wanted.rows) } = request;
  const [{ PartialFile }, { writeRows }] = await Promise.all([
    import('./partial-file.ts'),
    import('./write-rows.ts'),
  ]);
  const builder = new LedgerBuilder();
  const partial = await PartialFile.create(path);
  try {
    if (dataset.header !== undefined) await partial.write(Buffer.from(`${dataset.header}\n`));
    await writeRows({ work: wanted, threads, ledger: builder, partial, signal, onProgress });
    const ledger: Ledger = {
      schemaVersion: 1,
      ...wanted,
      file: await partial.close(),
      ...builder.facts(),
      columns: dataset.columns.map((column) => column.name),
    };
    await publish(partial, path, ledger);
    return ledger;
  } catch (error) {
    await partial.discard();
    throw error;
  }
}

/** Fewer rows are made while a thread would still start. */
const rowsWorthThreads = 50_000;
/** More make rows faster than one thread can add up the digest of the file. */
const mostThreads = 8;

function threadsFor(rows: number): number {
  return rows < rowsWorthThreads ? 1 : Math.min(availableParallelism(), mostThreads);
}

/**
 * The ledger goes first: if the process dies between the two, the file that is there does not match its ledger and
 * the next call generates it again. The other way round it would be taken for a file that was not generated.
 */
async function publish(partial: PartialFile, path: string, ledger: Ledger): Promise<void> {
  const ledgerPath = ledgerPathOf(path);
  const replaces = (await readLedger(path).catch(() => undefined)) !== undefined;
  await writeAtomically(ledgerPath, `${JSON.stringify(ledger, undefined, 2)}\n`, 0o664);
  try {
    await partial.publish();
  } catch (error) {
    if (!replaces) await rm(ledgerPath, { force: true });
    throw error;
  }
}

function naturalNumber(what: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new SparkctlError({
    code: 'bad-number',
    category: 'configuration',
    message: `The ${what} is ${value}; it must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
    details: { value },
  });
}
