/** The commands of a shell block as lists of words, in the order in which they stand: those in `$(…)` and `<(…)` too. */
export function shellCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let isFile = false;
  for (const [token] of text.replaceAll('\\\n', ' ').matchAll(tokens)) {
    if (/^[^\S\n]|^#/.test(token)) continue;
    if (token === '>' || token === '<') isFile = true;
    else if (/^[\n;|&()<$]/.test(token)) commands.push([]);
    else if (token.startsWith('"') && token.includes('$(')) commands.push(...inner(token), []);
    else if (isFile) isFile = false;
    else commands.at(-1)?.push(token.replace(/^(['"])(.*)\1$/s, '$2'));
  }
  return commands.map(withoutBeginning).filter((words) => words.length > 0);
}

/** Comments, quoted text, operators, white space and words. */
const tokens = /#[^\n]*|'[^']*'|"[^"]*"|\$\(|<\(|&&|\|\||[\n;|()<>]|[^\S\n]+|[^\s;|()<>'"#][^\s;|()<>'"]*/g;

function inner(quoted: string): string[][] {
  return [...quoted.matchAll(/\$\(([^)]*)\)/g)].flatMap(([, text = '']) =>
    shellCommands(text).map((words) => [...words]),
  );
}

/** The words from the program on, without variables and without what only starts another program. */
function withoutBeginning(words: readonly string[]): readonly string[] {
  const first = words.findIndex(
    (word) => !/^[A-Z_]+=/.test(word) && !['npx', 'eval', 'source'].includes(word),
  );
  return first < 0 ? [] : words.slice(first);
}
