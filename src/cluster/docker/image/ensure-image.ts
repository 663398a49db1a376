import { dirname, resolve } from 'node:path';
import { caBundleOf } from '../../../spark/certificates.ts';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { inPhase } from '../../../system/phase.ts';
import type { OperationContext } from '../../operation-context.ts';
import type { ComposeFile } from '../compose/compose-schema.ts';
import { type Daemon, isNotFound } from '../daemon.ts';
import type { ClusterServices } from '../plan/planning.ts';
import { readBuildContext } from './build-context.ts';
import { buildImage, buildLog, followStream } from './build-image.ts';
import { type ImageFlavour, imageFlavour } from './image-flavour.ts';

export interface ReadyImage {
  readonly name: string;
  readonly flavour: ImageFlavour;
}

/** The repository of the images that sparkctl builds; their tag is the fingerprint of what they are built from. */
const repository = 'sparkctl-spark';

/**
 * Makes sure of the image: the one that was named (`--image`, SPARK_IMAGE), pulled where it is missing, or the one that the
 * Compose file's `build` describes, built where none has been built from the same files.
 */
export async function ensureImage(
  daemon: Daemon,
  file: ComposeFile,
  services: ClusterServices,
  context: OperationContext,
): Promise<ReadyImage> {
  const named = context.image ?? context.environment['SPARK_IMAGE'];
  return await inPhase(context.emit, 'image', async () => {
    const { name, was } = named
      ? await pullIfMissing(daemon, named, context)
      : await buildIfMissing(daemon, file, services, context);
    const value = { name, flavour: await flavourOf(daemon, name) };
    return { value, result: { phase: 'image', image: name, was } };
  });
}

async function buildIfMissing(
  daemon: Daemon,
  file: ComposeFile,
  services: ClusterServices,
  context: OperationContext,
) {
  const { build, name: service } = services.master;
  if (build === undefined) {
    throw new SparkctlError({
      code: 'no-image',
      category: 'configuration',
      message: `${file.path} has no "build" for ${service}, and no image is named.`,
      hint: 'Give it a build section with context and dockerfile, or name an image with --image.',
    });
  }
  const bundle = caBundleOf(context.environment);
  const args = Object.fromEntries(
    Object.entries(build.args).map(([key, value]) => [key, value ?? context.environment[key] ?? '']),
  );
  const inputs = await readBuildContext({
    args,
    folder: resolve(dirname(file.path), build.context),
    dockerfile: build.dockerfile,
    ...(bundle === undefined ? {} : { caBundle: bundle }),
  });
  const name = `${repository}:${inputs.tag}` as const;
  if (await isThere(daemon, name)) return { name, was: 'current' as const };
  context.emit({ kind: 'image-missing', image: name });
  // The second name is the one that docker-compose.yml has by default.
  await buildImage(daemon, inputs, [name, `${repository}:latest`], args, context);
  return { name, was: 'built' as const };
}

async function pullIfMissing(daemon: Daemon, name: string, context: OperationContext) {
  if (await isThere(daemon, name)) return { name, was: 'present' as const };
  const log = buildLog();
  try {
    await daemon.ask(`the image ${name}`, async (docker) => {
      // Without a tag Docker would fetch all of them.
      const reference = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
      await followStream(await docker.pull(reference, { abortSignal: context.signal }), log, context);
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof SparkctlError && error.code !== 'docker-refused') throw error;
    throw pullFailure(name, error instanceof Error ? error.message : String(error));
  }
  const failure = log.failure();
  if (failure !== undefined) throw pullFailure(name, failure.error);
  return { name, was: 'pulled' as const };
}

function pullFailure(name: string, words: string): SparkctlError {
  return new SparkctlError({
    code: 'image-not-pulled',
    category: /no space left/i.test(words) ? 'io' : 'cluster',
    message: `The image ${name} is not there and could not be pulled: ${words.trim()}`,
    hint: `Check its name, and whether this machine reaches the registry (docker pull ${name}). Without --image sparkctl builds its own.`,
  });
}

async function isThere(daemon: Daemon, name: string): Promise<boolean> {
  try {
    await daemon.ask(`the image ${name}`, (docker) => docker.getImage(name).inspect());
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function flavourOf(daemon: Daemon, name: string): Promise<ImageFlavour> {
  const { Config } = await daemon.ask(`the image ${name}`, (docker) => docker.getImage(name).inspect());
  const entrypoint = Config.Entrypoint ?? [];
  return imageFlavour({
    name,
    environment: Config.Env ?? [],
    entrypoint: Array.isArray(entrypoint) ? entrypoint : [entrypoint],
    labels: Config.Labels ?? {},
  });
}
