import type { Command, Option } from 'commander';

/** Names that a project has, each looked up only where it is wanted. */
export interface ProjectNames {
  runs(): Promise<readonly string[]>;
  clusters(): Promise<readonly string[]>;
}

/** Candidates for the last word of a command line; `files` where a path belongs there, which shells complete themselves. */
export type Completion = 'files' | readonly string[];

/** Completes the last of the words after `sparkctl`, by the commands and options that there are. */
export async function complete(
  program: Command,
  words: readonly string[],
  names: ProjectNames,
): Promise<Completion> {
  const last = words.at(-1) ?? '';
  const { command, option, operands } = placeIn(program, words.slice(0, -1));
  // Every word after the script is the script's own.
  if (command.name() === 'submit' && operands > 0) return 'files';
  const found =
    option === undefined ? await wordsFor(command, last, operands, names) : await valuesOf(option, names);
  return found === 'files' ? found : found.filter((word) => word.startsWith(last));
}

interface Place {
  readonly command: Command;
  /** The option whose value is written now. */
  readonly option: Option | undefined;
  /** The words before that are neither commands nor options. */
  readonly operands: number;
}

function placeIn(program: Command, before: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let operands = 0;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith('-'))
      option = command.options.find(
        ({ short, long, required }) => required && (word === short || word === long),
      );
    else {
      const child = operands === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (child === undefined) operands++;
      else command = child;
    }
  }
  return { command, option, operands };
}

async function wordsFor(
  command: Command,
  last: string,
  operands: number,
  names: ProjectNames,
): Promise<Completion> {
  if (last.startsWith('-'))
    return [...command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []), '--help'];
  if (command.commands.length > 0)
    return command.commands.map((each) => each.name()).filter((name) => name !== 'complete');
  const argument = command.registeredArguments[Math.min(operands, command.registeredArguments.length - 1)];
  if (argument === undefined) return [];
  if (argument.argChoices !== undefined) return argument.argChoices;
  switch (argument.name()) {
    case 'application':
    case 'folder':
      return 'files';
    case 'run':
    case 'a':
    case 'b':
      return await names.runs();
    case 'node':
      return ['master', 'history', 'worker-1', 'worker-2', 'connect'];
    default:
      return [];
  }
}

async function valuesOf({ argChoices, long }: Option, names: ProjectNames): Promise<Completion> {
  if (argChoices !== undefined) return argChoices;
  if (long === '--cluster') return await names.clusters();
  return 'files';
}
