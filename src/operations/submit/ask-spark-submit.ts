import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { startClientDriver } from '../../cluster/client-driver.ts';
import type { GivenSparkOption } from '../../submit/spark-submit-option.ts';
import type { OperationContext } from '../operation-context.ts';

interface Inquiry extends OperationContext {
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

/** Lets spark-submit answer what is no submission (`--version`, `--status`, `--kill`), and returns its exit code. */
export async function askSparkSubmit(
  options: readonly GivenSparkOption[],
  inquiry: Inquiry,
): Promise<number> {
  const driver = await startClientDriver(
    {
      runId: `inquiry-${randomUUID()}`,
      runFolder: tmpdir(),
      artifactsFolder: tmpdir(),
      files: { reads: [], writes: [] },
      sparkSubmitArguments: options.flatMap(({ name, value }) =>
        value === undefined ? [name] : [name, value],
      ),
      propertiesFiles: [],
      secretProperties: {},
      workingFolder: process.cwd(),
      onStdout: inquiry.onStdout,
      onStderr: inquiry.onStderr,
    },
    inquiry,
  );
  return (await driver.exited).exitCode;
}
