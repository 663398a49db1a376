import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { announcesSecret, looksSecret, secretsIn, userInfo } from './secrets.ts';

/** The words that stand where a secret was. */
export const redacted = '*********(redacted)';

/** Fields that a program reads again are left as they are: no secret can stand in them. */
const structural: ReadonlySet<string> = new Set([
  ...['schemaVersion', 'id', 'kind', 'state', 'cause', 'status', 'outcome', 'backend', 'format'],
  ...['project', 'startedAt', 'finishedAt', 'owner', 'driver', 'applicationIds', 'versions', 'database'],
]);

/** Blanks secrets in all that is printed or kept: values with a secret-looking name or place, and known secrets wherever they stand. */
export class Redactor {
  readonly #secrets: readonly string[];
  readonly #known: RegExp | undefined;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
    const patterns = [...new Set(secrets)]
      .filter((secret) => !isTrivial(secret))
      .sort((a, b) => b.length - a.length)
      .map(patternOf);
    this.#known = patterns.length === 0 ? undefined : new RegExp(patterns.join('|'), 'g');
  }

  /** One that also knows these. */
  with(secrets: readonly string[]): Redactor {
    return new Redactor([...this.#secrets, ...secrets]);
  }

  get knowsAny(): boolean {
    return this.#known !== undefined;
  }

  text(text: string): string {
    const known = this.#known === undefined ? text : text.replace(this.#known, redacted);
    return known.replace(new RegExp(userInfo, 'g'), `://${redacted}@`);
  }

  /** An argument list: also the values of secret-looking properties and options. */
  arguments(words: readonly string[]): readonly string[] {
    return words.map((word, index) => {
      const name = /^([^=\s]+)=/.exec(word)?.[1];
      if (name !== undefined && looksSecret(name)) return `${name}=${redacted}`;
      return announcesSecret(words[index - 1]) ? redacted : this.#value(word);
    });
  }

  properties(properties: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [
        key,
        looksSecret(key) ? redacted : this.#value(value),
      ]),
    );
  }

  /** In its own place also a secret that is too short to be looked for everywhere. */
  #value(value: string): string {
    const assigned = secretsIn(value).filter((secret) => secret !== '');
    return assigned.reduce(
      (text, secret) =>
        text.replaceAll(`=${secret}`, `=${redacted}`).replaceAll(`:${secret}`, `:${redacted}`),
      this.text(value),
    );
  }

  /** Every text in a record, an event or the like. */
  everywhere<Value>(value: Value): Value {
    if (typeof value === 'string') return this.text(value) as Value;
    if (Array.isArray(value)) return value.map((each) => this.everywhere(each)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, structural.has(key) ? each : this.everywhere(each)]),
    ) as Value;
  }

  error(error: unknown): unknown {
    if (!(error instanceof SparkctlError)) {
      if (error instanceof Error) {
        error.message = this.text(error.message);
        if (error.stack !== undefined) error.stack = this.text(error.stack);
      }
      return error;
    }
    const { code, category, message, hint, details, cause } = error;
    return new SparkctlError({
      code,
      category,
      message: this.text(message),
      ...(hint !== undefined && { hint: this.text(hint) }),
      details: this.everywhere(details),
      cause,
    });
  }
}

/** Recognizes a secret too common to be blanked everywhere: it would hide half of every text. */
function isTrivial(secret: string): boolean {
  return (
    secret.length < 5 ||
    /^\d{1,8}$/.test(secret) ||
    /^(?:false|default|enabled|disabled|undefined)$/i.test(secret)
  );
}

/** A secret that could be a word of any text is one only where it stands by itself: `spark` is not part of `spark-submit`. */
function patternOf(secret: string): string {
  const exactly = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return /^\w{1,11}$/.test(secret) ? `(?<![\\w-])${exactly}(?![\\w-])` : exactly;
}
