import type { ApplicationState } from '../../system/event.ts';
import { canAccess, followFile } from '../../system/files/read-file.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import { ApplicationProgress } from './application-progress.ts';

/** As often as a person can read it. */
const tellEveryMs = 250;
/** Longer than any line that is understood: a script may write into the log, too. */
const longestLine = 1 << 16;
const aDay = 86_400_000;

interface Listener {
  readonly onProgress: (state: ApplicationState) => void;
  /** Spark has found nobody who takes the first tasks. It says so after 15 s. */
  readonly onWait: (applicationId: string | undefined) => Promise<void>;
}

interface Followed extends AsyncDisposable {
  /** True while no executor has taken any task. */
  readonly hasNothing: boolean;
}

/** Tells what the application of a driver does, as its log grows. Disposing ends it, and so does whatever cannot be read. */
export function followApplication(log: string, { onProgress, onWait }: Listener): Followed {
  const over = new AbortController();
  const { signal } = over;
  const progress = new ApplicationProgress();
  let isNew = false;
  let waiting: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (isNew) onProgress(progress.state());
    isNew = false;
    // Once: what it waits for is said, and the state goes on to say that it waits.
    if (progress.hasNothing) waiting ??= onWait(progress.applicationId).catch(() => {});
  }, tellEveryMs);
  timer.unref();
  const read = async () => {
    await waitUntil(async () => (await canAccess(log)) || undefined, {
      timeoutMs: aDay,
      intervalMs: 200,
      signal,
    });
    for await (const line of followFile(log, { follow: true, longestLine }, signal))
      if (progress.note(line)) isNew = true;
  };
  // Nothing that a run depends on.
  const reading = read().catch(() => {});
  return {
    get hasNothing() {
      return progress.hasNothing;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      over.abort();
      await reading;
      await waiting;
    },
  };
}
