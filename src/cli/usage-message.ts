import type { Command, CommanderError } from 'commander';

/** What is wrong with the words, and where to look. */
export function usageMessage(error: CommanderError, words: readonly string[], root: Command): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\n?\(Did you mean (.+?)\?\)/, '. Did you mean $1?');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return `sparkctl: ${/[.?]$/.test(sentence) ? sentence : `${sentence}.`}\n  Hint: sparkctl ${[...commandsOf(words, root), '--help'].join(' ')}\n`;
}

/** The leading words that are commands: those whose help says more. */
function commandsOf([word, ...rest]: readonly string[], parent: Command): readonly string[] {
  const command = parent.commands.find((each) => each.name() === word);
  return command === undefined ? [] : [command.name(), ...commandsOf(rest, command)];
}
