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

/** Whether the word before an argument says that the argument is secret: `--db-pwd`, `--token`. */
export function announcesSecret(word: string | undefined): boolean {
  return word !== undefined && /^--?[a-z]/i.test(word) && !word.includes('=') && looksSecret(word);
}
