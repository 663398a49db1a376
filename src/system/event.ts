/** Everything that can happen while sparkctl works, as data. The cli room turns it into words, one renderer per audience. */
export type SparkctlEvent =
  /** A phase of a command began: `id` is stable, `title` is for people. */
  | { readonly kind: 'phase-started'; readonly id: string; readonly title: string }
  /** The phase ended. Durations come from a monotonic clock. */
  | {
      readonly kind: 'phase-finished';
      readonly id: string;
      readonly title: string;
      readonly durationMs: number;
      readonly outcome: 'done' | 'failed' | 'skipped';
      /** One short clause: what was decided or found. */
      readonly summary?: string;
    }
  /** What the running phase is doing now, e.g. one line of an image build. Replaces the one before it. */
  | { readonly kind: 'activity'; readonly text: string }
  /** Something a person should know: a decision and its reason. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string };

export type Emit = (event: SparkctlEvent) => void;
