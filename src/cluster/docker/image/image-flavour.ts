import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { ContainerSpec } from '../plan/plan-container.ts';

/** The facts of an image that matter here. */
interface ImageFacts {
  readonly name: string;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export type ImageFlavour =
  | { readonly kind: 'own' }
  /** In the style of bitnami/spark or apache/spark. */
  | { readonly kind: 'foreign'; readonly sparkHome: string };

/** The label that spark/Dockerfile gives. */
const ownLabel = 'sparkctl.image';

/** Recognises an image by what it declares; whether its parts work shows when it starts. */
export function imageFlavour({ name, environment, entrypoint, labels }: ImageFacts): ImageFlavour {
  if (labels[ownLabel] === '1') return { kind: 'own' };
  const value = (variable: string) =>
    environment.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
  const declared = value('SPARK_HOME');
  if (declared) return { kind: 'foreign', sparkHome: declared };
  const script = entrypoint.join(' ');
  if (value('BITNAMI_APP_NAME') === 'spark' || script.includes('/opt/bitnami/scripts/spark/')) {
    return { kind: 'foreign', sparkHome: '/opt/bitnami/spark' };
  }
  if (script.includes('/opt/entrypoint.sh')) return { kind: 'foreign', sparkHome: '/opt/spark' };
  throw new SparkctlError({
    code: 'image-not-spark',
    category: 'usage',
    message: `The image ${name} does not look like one of Spark: it sets no SPARK_HOME, and has neither bitnami's nor apache/spark's entry point.`,
    hint: 'Name another --image, or none: sparkctl then builds its own.',
  });
}

/** The things that a container needs and its image does not have. */
export interface ImageNeeds {
  /** The path of the driver's log configuration in the container. */
  readonly driverLogConfiguration: string;
  /** Of an image that sparkctl did not build. */
  readonly foreign?: {
    readonly sparkHome: string;
    /** Files of the host: the entry point, the package that jobs import, and a passwd file in which the containers' user has a name. */
    readonly supportFolder: string;
  };
}

const supportTarget = '/opt/sparkctl';

/**
 * A container of a foreign image gets sparkctl's own entry point: that of bitnami knows no history server and prepares
 * nothing for other commands, that of apache/spark knows no roles at all. Secrets, encryption and event logs then work
 * the same everywhere.
 */
export function adaptToImage(spec: ContainerSpec, { foreign }: ImageNeeds): ContainerSpec {
  if (foreign === undefined) return spec;
  const bind = (source: string, target: string) =>
    ({ type: 'bind', source, target, readOnly: true }) as const;
  return {
    ...spec,
    entrypoint: ['/bin/bash', `${supportTarget}/entrypoint.sh`],
    command: spec.command ?? [],
    environment: {
      ...spec.environment,
      SPARK_HOME: foreign.sparkHome,
      PYTHONPATH: `${supportTarget}/python:${foreign.sparkHome}/python`,
    },
    mounts: [
      ...spec.mounts,
      bind(foreign.supportFolder, supportTarget),
      bind(`${foreign.supportFolder}/passwd`, '/etc/passwd'),
    ],
  };
}
