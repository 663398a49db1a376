import type { Cluster } from '../cluster/cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { warmLaunch } from '../cluster/standby/warm-launch.ts';
import { splitSecrets } from '../spark/secrets.ts';
import { givenProperties, propertiesFiles } from './plan/given-properties.ts';
import { sparkSubmission, submissionTo } from './plan/plan-run.ts';

/** Begins to make the standby driver of a cluster for any script that is submitted without options. */
export async function prepareStandby(
  cluster: Cluster,
  workingFolder: string,
  context: OperationContext,
): Promise<void> {
  const { project, environment } = context;
  const job = { name: 'standby', application: '/standby.py' };
  const given = await givenProperties(job, { options: [], files: propertiesFiles({}, context) }, environment);
  const plain = sparkSubmission({ id: 'standby', project, job, request: {}, given });
  const { submission, secretProperties } = splitSecrets(submissionTo(await cluster.connect(), plain));
  await cluster.standbys?.prepare(
    { warm: warmLaunch(submission, secretProperties), workingFolder, propertiesFiles: plain.propertiesFiles },
    () => cluster.status(),
  );
}
