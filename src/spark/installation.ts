import { foreseen, type SparkctlError } from '../system/errors/sparkctl-error.ts';
import { javaTrustStore } from './certificates.ts';
import { findManagedRuntime, makeManagedRuntime, type RuntimeContext } from './managed-runtime.ts';
import { findJava, findPython } from './prerequisites.ts';

/**
 * The Java and the Spark of this machine. Each is looked for when it is first needed, and at most once: one installation is
 * made for a command and handed on in its context.
 */
export class SparkInstallation {
  readonly #context: RuntimeContext;

  constructor(context: RuntimeContext) {
    this.#context = context;
  }

  /** Java 17 or newer, or a `SparkctlError` that says where it was looked for. */
  readonly java = once(() => findJava(this.#context.environment));

  /** The managed runtime, made first where it is missing. */
  readonly runtime = once(async () => {
    const present = await this.#presentRuntime();
    return present ?? (await makeManagedRuntime(this.#context, this.#python));
  });

  /** The path of a trust store for Java behind a TLS-intercepting proxy; undefined where Java's own is enough. */
  readonly trustStore = once(async () => javaTrustStore(await this.java(), this.#context));

  /** The reason why Spark cannot run on this machine: no Java, or neither a runtime nor a Python to make one from. */
  readonly obstacle = once(
    (): Promise<SparkctlError | undefined> =>
      foreseen(async () => {
        await this.java();
        if ((await this.#presentRuntime()) === undefined) await this.#python();
      }),
  );

  /** The versions that a run uses. Makes the runtime where it is missing. */
  async versions(): Promise<{ readonly spark: string; readonly java: string; readonly python: string }> {
    const java = await this.java();
    const { sparkVersion, pythonVersion } = await this.runtime();
    return { spark: sparkVersion, java: java.version, python: pythonVersion };
  }

  readonly #presentRuntime = once(() => findManagedRuntime(this.#context));

  readonly #python = once(() => findPython(this.#context.environment));
}

function once<Result>(find: () => Promise<Result>): () => Promise<Result> {
  let found: Promise<Result> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}
