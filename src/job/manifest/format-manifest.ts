import { stringify } from 'yaml';
import type { Manifest } from './manifest.ts';

/** The manifest as it was resolved, for the run folder. */
export function formatManifest(manifest: Manifest): string {
  return stringify(manifest, { lineWidth: 0 });
}
