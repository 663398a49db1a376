import type { ApplicationState, StageState } from '../../system/event.ts';
import { counted, formatNumber } from '../../system/format-number.ts';
import { formatDuration } from './format.ts';
import type { paint } from './paint.ts';

/** More stages than these at once are counted, not drawn. */
const mostDrawn = 3;
const barWidth = 20;

/** Says in one clause what an application does: `stage 3 collect at etl.py:45: 2 of 4 tasks, about 8.0 s left; 2 executors`. */
export function describeApplication(state: ApplicationState): string {
  const [stage] = state.stages;
  if (stage === undefined || waitsForAll(state)) return describeResources(state);
  const others = state.stages.length === 1 ? '' : ` and ${counted(state.stages.length - 1, 'more stage')}`;
  const name = stage.name === '' ? '' : ` ${stage.name}`;
  return `stage ${stage.id}${name}: ${describeTasks(stage)}${others}; ${counted(state.executors, 'executor')}`;
}

/** Says what an application has and has done, to stand above the lines of its stages. */
export function describeResources(state: ApplicationState): string {
  const { executors, stagesDone } = state;
  if (waitsForAll(state)) return 'waiting for workers with free cores and memory';
  if (executors === 0) return 'no executor yet';
  return `${counted(executors, 'executor')}${stagesDone === 0 ? '' : `, ${counted(stagesDone, 'stage')} done`}`;
}

const waitsForAll = ({ waits, stages }: ApplicationState) => waits && stages.every(({ done }) => done === 0);

/** A line for each running stage, with a bar. */
export function stageLines({ stages }: ApplicationState, color: ReturnType<typeof paint>): readonly string[] {
  const drawn = stages.slice(0, mostDrawn).map((stage) => {
    const filled = Math.round((barWidth * stage.done) / stage.tasks);
    const bar = color('cyan', '━'.repeat(filled)) + color('gray', '─'.repeat(barWidth - filled));
    const title = `  stage ${stage.id}`.padEnd(14);
    return `${title} ${bar} ${describeTasks(stage)}  ${color('gray', stage.name)}`;
  });
  const more = stages.length - mostDrawn;
  return more > 0 ? [...drawn, color('gray', `               and ${counted(more, 'more stage')}`)] : drawn;
}

function describeTasks({ done, tasks, failed, remainingMs }: StageState): string {
  return [
    `${formatNumber(done)} of ${counted(tasks, 'task')}`,
    ...(failed > 0 ? [`${formatNumber(failed)} failed and tried again`] : []),
    ...(remainingMs === undefined ? [] : [`about ${formatDuration(remainingMs)} left`]),
  ].join(', ');
}
