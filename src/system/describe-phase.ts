import type { BackendReason, ColdReason, DriverStart, PhaseId, PhaseResult } from './event.ts';
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
      return `${result.application ?? 'no application was started'}, exit code ${result.exitCode}, ${describeStart(result.driver)}`;
    case 'checks': {
      const { passed, of, warned, skipped } = result;
      if (of === 0) return 'none';
      const others = [
        ...(warned === 0 ? [] : [`${formatNumber(warned)} warned`]),
        ...(skipped === 0 ? [] : [`${formatNumber(skipped)} skipped`]),
      ];
      return [`${formatNumber(passed)} of ${formatNumber(of)} held`, ...others].join(', ');
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

/** Says where the rows are that a check has found to be wrong, in a line. */
export function describeFaultyRows(
  { rows, kept }: { readonly rows: number; readonly kept?: number | undefined },
  path: string,
): string {
  if (kept !== undefined && kept < rows)
    return `The first ${formatNumber(kept)} of ${formatNumber(rows)} rows: ${path}`;
  return `${rows === 1 ? 'The row' : `All ${formatNumber(rows)} rows`}: ${path}`;
}

/** Says how a run got its driver, in a clause. */
export function describeStart(driver: DriverStart): string {
  switch (driver.start) {
    case 'warm':
      return 'warm start';
    case 'taken-up':
      return 'taken up again after its sparkctl was gone';
    case 'cold':
      return `cold start (${describeColdReason(driver.reason)})`;
  }
}

/** Says why a driver was started anew, in a clause. */
export function describeColdReason(reason: ColdReason): string {
  switch (reason.why) {
    case 'cluster-of-run':
      return 'the cluster was made for this run';
    case 'no-standbys':
      return 'the cluster has no standby drivers';
    case 'not-wanted':
      return '--no-standby';
    case 'not-python':
      return 'only a Python script on this machine can be taken by a standby driver';
    case 'verbose':
      return '--verbose';
    case 'secrets':
      return 'its properties hold a secret';
    case 'none-waits':
      return 'no standby driver was waiting';
    case 'gone':
      return 'the standby driver had gone';
    case 'silent':
      return 'the standby driver did not answer and was ended';
    case 'made-for-another':
      return `the standby driver was made with other ${listed(reason.what)}`;
    case 'unusable':
      return `the standby driver could not be used: ${listed(reason.what)}`;
  }
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
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
