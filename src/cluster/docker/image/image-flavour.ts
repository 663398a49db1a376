import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';

/** What an image says of itself, as far as it matters here. */
export interface ImageFacts {
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
