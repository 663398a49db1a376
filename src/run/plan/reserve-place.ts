import { chooseBackend, defaultClusterName, findRunningCluster } from '../../cluster/choose-cluster.ts';
import { clusterClaim, lockCluster } from '../../cluster/lock-cluster.ts';
import type { OperationContext } from '../../cluster/operation-context.ts';
import { makingKinds } from '../../cluster/registry.ts';
import { effectiveMaster } from '../../spark/effective-value.ts';
import type { Run } from '../run.ts';
import { type FoundPlace, planRun, type RunFacts, type RunPlan, requestedCluster } from './plan-run.ts';

/** Looks for the clusters that a run can go to. */
export async function findPlace(facts: RunFacts, context: OperationContext): Promise<FoundPlace> {
  const master = effectiveMaster(facts.given);
  if (master !== undefined) {
    if (master.value === 'yarn') {
      const { hadoopFolder } = await import('../../cluster/external/resource-managers.ts');
      await hadoopFolder(context.environment);
    }
    return { kind: 'external' };
  }
  const asked = requestedCluster(facts);
  const status = await findRunningCluster(asked, context);
  // A cluster on another host cannot be used; whoever names it gets an error when it is to be made.
  if (status !== undefined && status.state !== 'elsewhere') return { kind: 'running', status };
  return { kind: 'none', choice: await chooseBackend(asked, makingKinds, context) };
}

/**
 * Plans a run once nobody is making or changing its cluster any more, and claims the cluster: until the run is over nobody
 * takes it away.
 */
export async function reservePlace(facts: RunFacts, run: Run): Promise<RunPlan> {
  const { context } = run;
  if (effectiveMaster(facts.given) !== undefined) return planRun(facts, await findPlace(facts, context));
  await using _lock = await lockCluster(requestedCluster(facts).cluster ?? defaultClusterName, context);
  const plan = planRun(facts, await findPlace(facts, context));
  await claim(plan, run);
  return plan;
}

/** Claims the cluster of a plan that was made before. */
export async function claimPlace(plan: RunPlan, run: Run): Promise<void> {
  if (plan.place.kind === 'external') return;
  await using _lock = await lockCluster(plan.place.name, run.context);
  await claim(plan, run);
}

async function claim({ place }: RunPlan, { claims, context }: Run): Promise<void> {
  // Runs share it, so nothing can be in its way.
  await claims.tryToAdd([clusterClaim(place.name)], context.signal);
}
