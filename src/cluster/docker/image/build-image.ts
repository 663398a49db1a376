import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { BackendContext } from '../../backend.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import { diskFull } from '../daemon/docker-failure.ts';
import { type BuildContext, stageContext } from './build-context.ts';
import { type BuildLog, buildLog } from './build-log.ts';
import { followStream } from './follow-stream.ts';

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Builds an image and gives it its names. The log is told line by line; a failure shows the failing step's last lines. */
export async function buildImage(
  daemon: Daemon,
  build: BuildContext,
  names: readonly [string, ...string[]],
  args: Readonly<Record<string, string>>,
  context: Pick<BackendContext, 'environment' | 'emit' | 'signal'>,
): Promise<void> {
  await using staged = await stageContext(build);
  const log = buildLog();
  await daemon.ask('the image build', async (docker) => {
    const stream = await docker.buildImage(
      { context: staged.folder, src: build.files.map(({ path }) => path) },
      {
        dockerfile: build.dockerfile,
        t: names[0],
        // The classic builder is in every engine, and needs no session.
        version: '1',
        forcerm: true,
        buildargs: { ...proxyArguments(context.environment), ...args },
        abortSignal: context.signal,
      },
    );
    await followStream(stream, log, context);
  });
  throwFailure(log, names[0]);
  for (const name of names.slice(1)) {
    const [repo = name, tag = 'latest'] = name.split(':');
    await daemon.ask(`the name ${name}`, (docker) => docker.getImage(names[0]).tag({ repo, tag }));
  }
}

/** Docker hands these to every RUN and keeps them out of the image. */
function proxyArguments(environment: BackendContext['environment']): Record<string, string> {
  return Object.fromEntries(
    proxyVariables
      .map((name) => [name, environment[name]] as const)
      .filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

function throwFailure(log: BuildLog, name: string): void {
  const failure = log.failure();
  if (failure === undefined) return;
  const { step, error, lines } = failure;
  const text = [error, ...lines].join('\n');
  if (/no space left on device/i.test(text)) {
    throw diskFull(`The disk became full while the image ${name} was built, at "${step}".`, {
      details: { step, error },
    });
  }
  const shown = lines.map((line) => `  ${line}`).join('\n');
  throw new SparkctlError({
    code: 'image-build-failed',
    category: 'cluster',
    message: `The image ${name} could not be built: "${step}" failed (${error}). It ended with:\n${shown === '' ? '  (nothing)' : shown}`,
    hint: hintFor(text),
    details: { step, error },
  });
}

function hintFor(text: string): string {
  if (/certificate|CERTIFICATE_VERIFY_FAILED|SSL/i.test(text)) {
    return 'A proxy signs the connection anew: name its certificates with SSL_CERT_FILE=/path/to/bundle.pem and try again.';
  }
  if (/hashes|THESE PACKAGES DO NOT MATCH/i.test(text)) {
    return 'A package is not the one that requirements.txt pins: make the file anew as spark/requirements.in says, or look at who changed it.';
  }
  if (/pull|manifest|registry|resolve|network|timed out|Could not connect|Temporary failure/i.test(text)) {
    return 'The network or a proxy is in the way: check HTTP_PROXY and HTTPS_PROXY, or use an image that is there already with --image.';
  }
  return 'Mend that step and try again: the steps before it are kept.';
}
