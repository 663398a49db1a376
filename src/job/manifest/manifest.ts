import { stringify } from 'yaml';
import type { CheckSpec } from '../checks/registry.ts';
import type { DatasetSpec } from '../datasets/registry.ts';
import type { InputFormat } from '../input/find-input.ts';
import type { ResolvedTarget } from '../targets/registry.ts';

/** A manifest as the program relies on it: every default filled in, every path absolute. */
export interface Manifest {
  /** The path that it was read from, as a person would name it. */
  readonly file: string;
  readonly script: string;
  readonly dataset?: DatasetSpec;
  readonly input?: { readonly path: string; readonly format: InputFormat };
  readonly target?: ResolvedTarget;
  /** Other outputs of the job, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly cluster: {
    readonly workers?: number;
    readonly workerCores?: number;
    readonly workerMemoryMb?: number;
  };
  readonly conf: Readonly<Record<string, string>>;
  /** Placeholders filled in, but for those of the run: `${run}` and `${artifacts}`. */
  readonly arguments: readonly string[];
  readonly checks: readonly CheckSpec[];
  /** The number of runs whose tables are kept. */
  readonly keep?: number;
}

/** The manifest as it was resolved, for the run folder; its target stands under the key that the person wrote. */
export function formatManifest({ file, script, dataset, input, target, ...rest }: Manifest): string {
  const { kind = 'database', ...settings } = target ?? {};
  return stringify(
    { file, script, dataset, input, ...(target && { [kind]: settings }), ...rest },
    { lineWidth: 0 },
  );
}
