import type { Way } from './compatibility-case.ts';

/** A part's seconds: the first one's include the start of its submission. */
interface Shown {
  readonly exitCode: number | undefined;
  readonly seconds: number;
}

/** The result of one comparison, as the table shows it. */
export interface CompatibilityResult {
  readonly part: string;
  readonly uses: string;
  readonly way: Way;
  readonly reference: Shown;
  readonly own: Shown;
  /** The number of things that were compared. */
  readonly lines: number;
  readonly files: number;
  readonly isAsExpected: boolean;
  /** The reason why it cannot be equal. */
  readonly why?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    compatibility?: CompatibilityResult;
  }
}
