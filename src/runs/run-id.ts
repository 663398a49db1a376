import { randomBytes } from 'node:crypto';

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
