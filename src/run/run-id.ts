import { randomBytes } from 'node:crypto';

const runId = /^[a-z0-9][a-z0-9-]{0,39}-\d{8}-\d{6}-[0-9a-f]{6}$/;

/** Tells whether a text is the id of a run: then it is safe as a part of a path, and as a process's mark. */
export function isRunId(text: string): boolean {
  return runId.test(text);
}

/** `etl-20260131-235959-3f9a1c`: the job, the instant in UTC, and something that no other run of that second has. */
export function newRunId(job: string, now: Date): string {
  const name =
    job
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'job';
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${name}-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}
