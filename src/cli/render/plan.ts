import type { RunPlace, RunPlan } from '../../run/plan/plan-run.ts';
import { counted, formatNumber } from '../../system/format-number.ts';

/** The decisions of a plan, one line each. */
export function formatPlan({ place, job: { manifest } }: RunPlan, target: string | undefined): string {
  const lines = [`Would submit to ${placeWords(place)}`];
  if (manifest?.dataset) {
    const { rows, name } = manifest.dataset;
    lines.push(`Would generate ${counted(rows, 'row')} of ${name} into ${manifest.input?.path}`);
  }
  if (manifest?.target) lines.push(`Would load table ${manifest.target.table.name} of ${target}`);
  if (manifest && manifest.checks.length > 0)
    lines.push(`Would check: ${manifest.checks.map(({ kind }) => kind).join(', ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

function placeWords(place: RunPlace): string {
  switch (place.kind) {
    case 'external':
      return `external master ${place.name}`;
    case 'running':
      return `running cluster ${place.name} (${place.backend})`;
    case 'new': {
      const { workers, workerCores, workerMemoryMb } = place.cluster;
      const size = `${counted(workers, 'worker')} of ${counted(workerCores, 'core')} and ${formatNumber(workerMemoryMb)} MiB`;
      return `a new ${place.backend} cluster (${place.reason}) with ${size}`;
    }
  }
}
