/** Spark's own default of `spark.redaction.regex`, in a form that Java and JavaScript both read. */
const wordsOfSpark = 'secret|password|token|access[.]?key';
const moreWords = 'passwd|passphrase|credential|api[._-]?key|authorization';

const secretPattern = new RegExp(`${wordsOfSpark}|${moreWords}`, 'i');

/** The value of `spark.redaction.regex` that blanks in Spark's pages, logs and event logs what is secret here. */
export const redactionPattern = `(?i)${wordsOfSpark}|${moreWords}`;

/** Whether Spark by itself takes a name for a secret's. */
export function sparkRedacts(name: string): boolean {
  return new RegExp(wordsOfSpark, 'i').test(name);
}

export function looksSecret(name: string): boolean {
  return secretPattern.test(name);
}

const redacted = '*********(redacted)';

/** An argument list fit to be printed and kept: values of secret-looking properties and options are blanked, and known secrets wherever they stand. */
export function redactArguments(args: readonly string[], secrets: readonly string[] = []): readonly string[] {
  return args.map((argument, index) => {
    const property = /^([^=\s]+)=(.*)$/s.exec(argument);
    if (property?.[1] !== undefined && looksSecret(property[1])) return `${property[1]}=${redacted}`;
    const before = args[index - 1] ?? '';
    if (/^--?[a-z]/i.test(before) && !before.includes('=') && looksSecret(before)) return redacted;
    return redactText(argument, secrets);
  });
}

/** Properties fit to be printed and kept. */
export function redactProperties(
  properties: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, looksSecret(key) ? redacted : value]),
  );
}

export function redactText(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((result, secret) => result.replaceAll(secret, redacted), text);
}
