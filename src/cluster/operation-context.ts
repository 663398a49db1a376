import { withCaBundle } from '../spark/certificates.ts';
import { SparkInstallation } from '../spark/installation.ts';
import type { Emit } from '../system/event.ts';
import type { ClusterBackend } from './backend.ts';
import type { BackendKind } from './registry.ts';

/** Settings that stand above the variables of the environment with the same meaning. */
export interface Settings {
  readonly image?: OperationContext['image'];
  /** The certificates of a TLS-intercepting proxy, instead of SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and PIP_CERT. */
  readonly caBundle?: string | undefined;
}

/** The surroundings of every operation. Nothing is read from globals, so that a test or a program can pass its own. */
export interface OperationContext {
  /** The project's folder, absolute: clusters live under `<project>/.sparkctl/clusters/<name>/`. */
  readonly project: string;
  /** The variables, with what settings say instead of them: every program that is started gets these. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An existing image, instead of SPARK_IMAGE or the one that sparkctl builds. */
  readonly image?: string | undefined;
  readonly emit: Emit;
  /** Java and the runtime of this machine, found at most once. */
  readonly spark: SparkInstallation;
  /** Aborted by Ctrl-C, SIGTERM or a timeout: whatever was started by the call is then stopped again. */
  readonly signal: AbortSignal;
  /** Backends instead of those of the registry, for programs and tests that bring their own. */
  readonly backends?: Partial<Readonly<Record<BackendKind, ClusterBackend>>> | undefined;
  /** The run on whose behalf this is done; a person's own command has none. */
  readonly run?: string | undefined;
}

/** A context for one command: whatever it needs of Spark is found at most once. */
export function operationContext({
  settings: { image, caBundle } = {},
  ...parts
}: Omit<OperationContext, 'spark' | 'image'> & {
  readonly settings?: Settings | undefined;
}): OperationContext {
  const surroundings = { ...parts, environment: withCaBundle(parts.environment, caBundle) };
  return { ...surroundings, image, spark: new SparkInstallation(surroundings) };
}
