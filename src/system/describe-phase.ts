import type { BackendReason, PhaseId, PhaseResult } from './event.ts';
import { counted, formatNumber } from './format-number.ts';

/** The name of a phase for people, as `run.json` has it. */
export function titleOfPhase(phase: PhaseId): string {
  return phase.replace('-', ' ');
}

/**
 * Says what was found or decided in a phase, in one clause. It stands here and not in `cli/render/`, because `run.json` and the
 * report say it too.
 */
export function describePhase(result: PhaseResult): string {
  switch (result.phase) {
    case 'wait':
      return `for ${result.runs.map((run) => `run ${run}`).join(', ')}`;
    case 'runtime':
      return `Spark ${result.spark}, Java ${result.java}, Python ${result.python}`;
    case 'image':
      return `${result.image} ${{ present: 'is there', current: 'is up to date', built: 'was built', pulled: 'was pulled' }[result.was]}`;
    case 'containers':
      return `${formatNumber(result.started)} started${result.replaced > 0 ? `, ${formatNumber(result.replaced)} replaced or removed` : ''}`;
    case 'ready':
      return `master, ${counted(result.workers, 'worker')} and history server answer`;
    case 'cluster':
      return describeCluster(result);
    case 'dataset': {
      const { dataset, rows, seed, reused } = result;
      return `${dataset}, ${formatNumber(rows)} rows, seed ${seed}${reused ? ': already there' : ''}`;
    }
    case 'database':
      return `table ${result.table}, ${counted(result.columns, 'column')}`;
    case 'submit':
      return `${result.application ?? 'no application was started'}, exit code ${result.exitCode}`;
    case 'checks': {
      const { passed, of, skipped } = result;
      if (of === 0) return 'none';
      return `${formatNumber(passed)} of ${formatNumber(of)} held${skipped === 0 ? '' : `, ${formatNumber(skipped)} skipped`}`;
    }
    case 'cluster-down':
      return result.removed ? 'nothing of it is left' : 'it was gone already';
  }
}

function describeCluster(result: Extract<PhaseResult, { phase: 'cluster' }>): string {
  const { backend, name, was, reason, workers, ephemeral } = result;
  switch (was) {
    case 'running':
      return `${name} (${backend}) is running: ${workers?.alive ?? 0} of ${counted(workers?.wanted ?? 0, 'worker')} alive`;
    case 'started':
      return `${backend}${reason === undefined ? '' : ` (${reason})`}: master, ${counted(workers?.alive ?? 0, 'worker')}, history server${ephemeral ? ', for this run' : ''}`;
    case 'changed':
      return `${name} (${backend}) is up`;
    case 'reached':
      return `external master ${name}`;
  }
}

/** Says why a backend was chosen, in a clause. */
export function describeReason(reason: BackendReason, backend: string): string {
  switch (reason.why) {
    case 'named':
      return `--backend ${backend}`;
    case 'cluster-exists':
      return 'the cluster exists';
    case 'possible':
      return possible[backend] ?? 'nothing is in its way';
    case 'instead':
      return obstacles[reason.code] ?? `${reason.of} cannot be used`;
  }
}

const possible: Readonly<Record<string, string>> = {
  local: 'Java and Python are here',
  docker: 'a Docker daemon answers',
};

const obstacles: Readonly<Record<string, string>> = {
  'no-java': 'no Java for a local cluster',
  'no-python': 'no Python for a local cluster',
  'no-python-venv': 'no Python for a local cluster',
  'docker-unreachable': 'no Docker daemon answers',
  'docker-forbidden': 'the Docker daemon may not be used',
};
