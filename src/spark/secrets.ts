import { asProperty, type GivenProperties } from './effective-value.ts';
import type { GivenSparkOption, SparkSubmission } from './spark-submit.ts';

/** Spark's own default of `spark.redaction.regex`. Every word here is one that Java and JavaScript read alike. */
const wordsOfSpark = 'secret|password|token|access[.]?key';
const moreWords =
  'passwd|passphrase|pass(?![a-z])|pwd|credential|authorization|[.]sas[.]|' +
  '(?:api|access|account|private|shared|encryption)[._-]?key(?![a-z])';
/** The user and password of an address. */
export const userInfo = '://[^/?#@\\s]*:[^/?#\\s]*@';

const secretPattern = new RegExp(`${wordsOfSpark}|${moreWords}`, 'i');

/**
 * The value of `spark.redaction.regex` that blanks in Spark's pages, logs and event logs what is secret here. Spark
 * looks for it in names and in values, so it finds Java options and addresses with a password, too.
 */
export const redactionPattern = `(?i)${wordsOfSpark}|${moreWords}|${userInfo}`;

export function looksSecret(name: string): boolean {
  return secretPattern.test(name);
}

/** Tells whether the word before an argument marks it as secret: `--db-pwd`, `--token`. */
export function announcesSecret(word: string | undefined): boolean {
  return word !== undefined && /^--?[a-z]/i.test(word) && !word.includes('=') && looksSecret(word);
}

/** Names that look like a secret's and say where one is; PWD is the shell's working folder. */
const isPlace = /(?:file|path|dir|folder|location|provider|sock|regex)$|^(?:OLD)?PWD$/i;

/**
 * The values that are secret, wherever a submission says them: under a secret-looking name in properties, files,
 * environment and arguments, in Java options, and in addresses.
 */
export function knownSecrets(given: GivenProperties, words: readonly string[]): readonly string[] {
  const named = [
    ...given.files.flatMap(({ properties }) => Object.entries(properties)),
    ...Object.entries(given.manifest?.conf ?? {}),
    ...given.options.flatMap((option) => {
      const property = asProperty(option);
      return property === undefined ? [] : [[property.key, property.value] as const];
    }),
    ...Object.entries(given.environment),
  ];
  const all = [...words, ...given.options.flatMap(({ value }) => value ?? [])];
  return [
    ...named.flatMap(([name, value = '']) => secretsOfPair(name, value)),
    ...all.flatMap((word) => {
      const [, name, value = ''] = /^([^=\s]+)=(.*)$/s.exec(word) ?? [];
      return [...(name === undefined ? [] : secretsOfPair(name, value)), ...secretsIn(word)];
    }),
    ...words.filter((_, index) => announcesSecret(words[index - 1])),
  ];
}

function secretsOfPair(name: string, value: string): readonly string[] {
  return [...(looksSecret(name) && !isPlace.test(name) ? [value] : []), ...secretsIn(value)];
}

/** The secrets within a text: passwords in addresses, values of secret-looking names such as Java options have. */
export function secretsIn(text: string): readonly string[] {
  return [...inAddresses(text), ...inAssignments(text)];
}

function inAddresses(text: string): readonly string[] {
  return [...text.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^/?#@:\s]*)(?::([^/?#\s]*))?@/gi)].flatMap(
    ([, scheme = '', user = '', password]) => {
      // A storage's address has a bucket before the sign, and no secret.
      if (password === undefined) return /^(?:https?|git)$/i.test(scheme) ? withDecoded(user) : [];
      // Some servers take a token for the user's name.
      return [...withDecoded(password), ...(user.length >= 20 ? withDecoded(user) : [])];
    },
  );
}

function inAssignments(text: string): readonly string[] {
  return [...text.matchAll(/([\w.$-]+)["']?[ \t]*[=:](?!\/\/)[ \t]*/g)].flatMap((match) => {
    const [whole, name = ''] = match;
    if (!looksSecret(name) || isPlace.test(name)) return [];
    const before = text[match.index - 1] ?? '';
    const after = text.slice(match.index + whole.length);
    const [, quoted] = /^(["'])/.exec(after) ?? [];
    // A quotation mark before the name ends after the value, too.
    const end = quoted ?? (/["']/.test(before) && !whole.includes(before) ? before : undefined);
    const value = quoted === undefined ? after : after.slice(1);
    if (end !== undefined && value.includes(end)) return [value.slice(0, value.indexOf(end))];
    const [word = ''] = /^(?:(?:basic|bearer)\s+)?\S*/i.exec(value) ?? [];
    // Where a list goes on after the value, the value alone is the secret. It may also have such signs in it.
    return [word, word.replace(/^(?:basic|bearer)\s+/i, ''), word.split(/[&;,"'}]/)[0] ?? ''];
  });
}

function withDecoded(text: string): readonly string[] {
  try {
    return [text, decodeURIComponent(text)];
  } catch {
    return [text];
  }
}

/** A submission whose arguments anybody may read, and the properties that nobody else may. */
interface SplitSubmission {
  readonly submission: SparkSubmission;
  /** Whoever starts the driver hands them over in a private file: argv can be read by everybody on the machine. */
  readonly secretProperties: Readonly<Record<string, string>>;
}

/** Spark does not look for the address of a Connect server in a file. */
const onlyByOption: ReadonlySet<string> = new Set(['spark.remote']);

/**
 * Takes the properties with a secret in their name or their value out of the arguments, in whatever spelling. Of one that
 * is set twice, the strongest counts, as ever: all of the same name go the same way. Where Spark is to be told what is
 * secret, the pattern goes with them.
 */
export function splitSecrets(submission: SparkSubmission, tellsSpark = false): SplitSubmission {
  const isConf = ({ name }: GivenSparkOption) => name === '--conf';
  const { options } = submission;
  // Weakest first: an option of its own is stronger than any --conf.
  const all = [
    ...submission.properties.flatMap((properties) => Object.entries(properties)),
    ...[...options.filter(isConf), ...options.filter((option) => !isConf(option))].flatMap((option) => {
      const property = asProperty(option);
      return property === undefined ? [] : [[property.key, property.value] as const];
    }),
  ];
  const secret = new Set(
    all
      .filter(([key, value]) => looksSecret(key) || secretsIn(value).length > 0)
      .map(([key]) => key)
      .filter((key) => !onlyByOption.has(key)),
  );
  return {
    submission: {
      ...submission,
      properties: submission.properties.map((properties) =>
        Object.fromEntries(Object.entries(properties).filter(([key]) => !secret.has(key))),
      ),
      options: options.filter((option) => !secret.has(asProperty(option)?.key ?? '')),
    },
    secretProperties: {
      ...(tellsSpark && { 'spark.redaction.regex': redactionPattern }),
      ...Object.fromEntries(all.filter(([key]) => secret.has(key))),
    },
  };
}
