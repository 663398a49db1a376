import type { Way } from './compatibility-case.ts';

interface Shown {
  readonly exitCode: number | undefined;
  readonly seconds: number;
}

/** What came of one comparison, as the table shows it. */
export interface CompatibilityResult {
  readonly submission: string;
  readonly uses: string;
  readonly way: Way;
  readonly reference: Shown;
  readonly own: Shown;
  /** How much there was to compare. */
  readonly lines: number;
  readonly files: number;
  readonly isAsExpected: boolean;
  /** Why it cannot be equal. */
  readonly why?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    compatibility?: CompatibilityResult;
  }
}
