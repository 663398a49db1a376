import { asProperty, type GivenProperties } from './effective-value.ts';
import { announcesSecret, looksSecret } from './secret-names.ts';

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
