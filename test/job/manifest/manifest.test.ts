import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatManifest } from '../../../src/job/manifest/manifest.ts';
import { peopleTable } from '../targets/sqlite/people-table.ts';

it('a manifest that is kept has its target under the key that a person writes', () => {
  const rest = { file: 'jobs/a.yaml', script: '/p/jobs/a.py', outputs: {}, cluster: {}, conf: {} };
  const manifest = { ...rest, arguments: ['${run}'], checks: [{ kind: 'schema' as const }] };
  const settings = { path: '/p/data/a.db', table: peopleTable };
  expect(parse(formatManifest({ ...manifest, target: { kind: 'database', ...settings } }))).toEqual({
    ...manifest,
    database: settings,
  });
  expect(parse(formatManifest(manifest))).toEqual(manifest);
});
