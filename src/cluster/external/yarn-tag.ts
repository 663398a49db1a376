/** The tag by which YARN knows the applications of a run: small ASCII letters, a hundred at most. */
export function yarnTag(runId: string): string {
  return runId
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(-100);
}
