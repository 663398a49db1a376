import type { CheckSpec } from '../checks/registry.ts';
import type { DatasetSpec } from '../datasets/registry.ts';
import type { InputFormat } from '../input/input-format.ts';
import type { ResolvedTarget } from '../targets/registry.ts';

/** A manifest as the program relies on it: every default filled in, every path absolute. */
export interface Manifest {
  /** Where it was read, as a person would name it. */
  readonly file: string;
  readonly script: string;
  readonly dataset?: DatasetSpec;
  readonly input?: { readonly path: string; readonly format: InputFormat };
  readonly target?: ResolvedTarget;
  /** What else the job writes, by name. */
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
}
