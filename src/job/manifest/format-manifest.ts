import { stringify } from 'yaml';
import type { Manifest } from './manifest.ts';

/** The manifest as it was resolved, for the run folder; its target stands under the key that the person wrote. */
export function formatManifest({ file, script, dataset, input, target, ...rest }: Manifest): string {
  const { kind = 'database', ...settings } = target ?? {};
  return stringify(
    { file, script, dataset, input, ...(target && { [kind]: settings }), ...rest },
    { lineWidth: 0 },
  );
}
