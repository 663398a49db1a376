import { foreseen, type SparkctlError } from '../system/errors/sparkctl-error.ts';
import { javaTrustStore } from './certificates.ts';
import { archivedHome, startArchiving } from './class-archive.ts';
import type { RuntimeContext } from './made-once.ts';
import { findManagedRuntime, type ManagedRuntime, makeManagedRuntime } from './managed-runtime.ts';
import { findJava, findPython, type Java, type PassedOver, type Python } from './prerequisites.ts';

/** The Java, the Python and the Spark that a machine has now. */
export interface Survey {
  readonly java?: Java;
  /** Those that were looked at and do not fit. */
  readonly passedOver: readonly PassedOver[];
  /** A Python from which the runtime can be made; or else the reason why there is none. */
  readonly python?: Python;
  readonly noPython?: SparkctlError;
  readonly runtime?: ManagedRuntime;
}

/**
 * The Java and the Spark of this machine. Each is looked for when it is first needed, and at most once: one installation is
 * made for a command and handed on in its context.
 */
export class SparkInstallation {
  readonly #context: RuntimeContext;

  constructor(context: RuntimeContext) {
    this.#context = context;
  }

  /**
   * Java 17 or newer: the machine's, or else one of sparkctl's own, which is installed first where it is missing. The runtime's
   * Python does that, which has pip.
   */
  readonly java = once(async () => {
    const { java, passedOver } = await findJava(this.#context.environment);
    if (java !== undefined) return java;
    const { findOwnJava, makeOwnJava } = await import('./own-java.ts');
    const present = await findOwnJava(this.#context);
    return (
      present ?? (await makeOwnJava(this.#context, passedOver, async () => (await this.runtime()).python))
    );
  });

  /** The managed runtime, made first where it is missing. */
  readonly runtime = once(async () => {
    const present = await this.#presentRuntime();
    return present ?? (await makeManagedRuntime(this.#context, this.#python));
  });

  /**
   * The JAVA_HOME to start Spark's processes with: Java's own, or one that finds Spark's classes ready. Whoever needs a Java
   * for something else takes `java`.
   */
  readonly javaHome = once(async () => {
    this.#startsSpark = true;
    const [java, runtime] = await Promise.all([this.java(), this.runtime()]);
    return (await archivedHome(java, runtime, this.#context)) ?? java.home;
  });

  /** Has Spark's classes made ready in the background, where Spark was started and they are not. A failure costs only time. */
  async prepareNext(): Promise<void> {
    if (!this.#startsSpark || this.#context.environment['SPARKCTL_CLASS_ARCHIVE'] === 'off') return;
    const prepare = async () => await startArchiving(await this.java(), await this.runtime(), this.#context);
    await prepare().catch(() => undefined);
  }

  /** The path of a trust store for Java behind a TLS-intercepting proxy; undefined where Java's own is enough. */
  readonly trustStore = once(async () => javaTrustStore(await this.java(), this.#context));

  /** The reason why Spark cannot run on this machine: Java or the runtime is missing, and no Python is there to install it. */
  readonly obstacle = once(
    (): Promise<SparkctlError | undefined> =>
      foreseen(async () => {
        if ((await this.#presentRuntime()) === undefined) await this.#python();
      }),
  );

  /** Finds what is there, and makes nothing that is missing. */
  async survey(): Promise<Survey> {
    const { environment } = this.#context;
    const { java: machines, passedOver } = await findJava(environment);
    const { findOwnJava } = await import('./own-java.ts');
    const java = machines ?? (await findOwnJava(this.#context));
    const runtime = await this.#presentRuntime();
    let python: Python | undefined;
    const noPython = await foreseen(async () => {
      python = await this.#python();
    });
    return {
      passedOver,
      ...(java && { java }),
      ...(runtime && { runtime }),
      ...(python && { python }),
      ...(noPython && { noPython }),
    };
  }

  /** The versions that a run uses. Makes the runtime where it is missing. */
  async versions(): Promise<{ readonly spark: string; readonly java: string; readonly python: string }> {
    const java = await this.java();
    const { sparkVersion, pythonVersion } = await this.runtime();
    return { spark: sparkVersion, java: java.version, python: pythonVersion };
  }

  #startsSpark = false;

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
