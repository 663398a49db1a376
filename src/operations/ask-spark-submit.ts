import { randomUUID } from 'node:crypto';
import { startClientDriver } from '../cluster/client-driver.ts';
import { driverScratch } from '../cluster/driver-files.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { DriverWatch } from '../run/driver/driver-watch.ts';
import type { GivenSparkOption } from '../spark/spark-submit.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';

interface Inquiry extends OperationContext {
  readonly workingFolder: string;
  readonly onStdout: TakeOutput;
  readonly onStderr: TakeOutput;
}

/** Lets spark-submit answer what is no submission (`--version`, `--status`, `--kill`), and returns its exit code. */
export async function askSparkSubmit(
  options: readonly GivenSparkOption[],
  inquiry: Inquiry,
): Promise<number> {
  const runId = `inquiry-${randomUUID()}`;
  const watch = new DriverWatch(inquiry);
  inquiry.signal.throwIfAborted();
  const driver = await startClientDriver(
    {
      runId,
      // It is no run: its log goes with its temporary files.
      runFolder: driverScratch(runId),
      artifactsFolder: driverScratch(runId),
      files: { reads: [], writes: [] },
      sparkSubmitArguments: options.flatMap(({ name, value }) =>
        value === undefined ? [name] : [name, value],
      ),
      propertiesFiles: [],
      secretProperties: {},
      warm: { why: 'not-wanted' },
      workingFolder: inquiry.workingFolder,
      onStdout: watch.handOn(inquiry.onStdout),
      onStderr: watch.handOn(inquiry.onStderr),
    },
    inquiry,
  );
  return (await watch.untilEnded(driver, async () => {})).exitCode;
}
