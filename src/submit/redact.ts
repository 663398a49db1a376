/** Spark's own default for what counts as secret, in a key or a value. */
const secretPattern = /secret|password|token|access[.]?key|credential/i;

const redacted = '*********(redacted)';

/** An argument list fit to be printed and kept: values of secret-looking properties and options are blanked, and known secrets wherever they stand. */
export function redactArguments(args: readonly string[], secrets: readonly string[] = []): readonly string[] {
  return args.map((argument, index) => {
    const property = /^([^=\s]+)=(.*)$/s.exec(argument);
    if (property?.[1] !== undefined && secretPattern.test(property[1])) return `${property[1]}=${redacted}`;
    const before = args[index - 1] ?? '';
    if (/^--?[a-z]/i.test(before) && !before.includes('=') && secretPattern.test(before)) return redacted;
    return redactText(argument, secrets);
  });
}

export function redactText(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((result, secret) => result.replaceAll(secret, redacted), text);
}
