/** The program and its commands, each with what its help says; those that are hidden are left out. */
function commandsOf(command, path = [command.name()]) {
  const help = command.createHelp();
  const groups = new Map();
  for (const option of help.visibleOptions(command)) {
    const title = option.helpGroupHeading ?? 'Options:';
    const options = groups.get(title) ?? [];
    groups.set(title, options);
    options.push({ term: help.optionTerm(option), text: help.optionDescription(option) });
  }
  const own = {
    name: path.join(' '),
    usage: [...path, command.usage()].join(' '),
    text: command.description().replaceAll('\n', ' '),
    arguments: help.visibleArguments(command).map((argument) => ({
      term: help.argumentTerm(argument),
      text: help.argumentDescription(argument),
    })),
    hasCommands: command.commands.length > 0,
    groups: [...groups].map(([title, options]) => ({ title: title.replace(/:$/, ''), options })),
  };
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  return [own, ...children.flatMap((child) => commandsOf(child, [...path, child.name()]))];
}

/** The examples and exit codes that stand below the help of the program. */
function epilogue(program) {
  let text = '';
  program.emit('afterHelp', { error: false, command: program, write: (part) => (text += part) });
  const [, examples = '', codes = ''] = /Examples:\n(.*?)\n\nExit codes: (.*)$/s.exec(text) ?? [];
  return {
    examples: examples.split('\n').map((line) => line.trim().split(/ {2,}/)),
    codes: codes.trim().replaceAll('\n', ' '),
  };
}

/** The page docs/commands.md. */
export function commandsPage(program) {
  const [root, ...commands] = commandsOf(program);
  return [
    '# Commands\n',
    `${root.text} The same stands in \`sparkctl COMMAND --help\`, in \`man sparkctl\` and, as this page, is made from the program by \`npm run schema\`.`,
    "Options stand before the script, and every word after it is the script's own, as with spark-submit.\n",
    '```sh',
    ...epilogue(program).examples.map(([command, text]) => `${command.padEnd(42)}  # ${text}`),
    '```\n',
    ...commands.map((command) => {
      const level = '#'.repeat(command.name.split(' ').length);
      const groups = [{ title: 'Arguments', options: command.arguments }, ...command.groups].filter(
        // Of commands of commands only --help would be there.
        ({ options }) => options.length > 0 && (options.length > 1 || !options[0].term.startsWith('-h')),
      );
      const tables = groups.map(({ title, options }) => {
        const rows = options
          .filter(({ term }) => !term.startsWith('-h'))
          .map(({ term, text }) => `| \`${term.replaceAll('|', '\\|')}\` | ${escaped(text)} |`);
        return [`| ${title} | |`, '| --- | --- |', ...rows, ''].join('\n');
      });
      return [
        `${level} ${command.name}\n`,
        `${escaped(sentence(command.text))}\n`,
        `\`${command.usage}\`\n`,
        ...tables,
      ].join('\n');
    }),
  ].join('\n');
}

/** The page of the manual, man/sparkctl.1. */
export function manPage(program, version) {
  const [root, ...commands] = commandsOf(program);
  const { examples, codes } = epilogue(program);
  return [
    `.TH SPARKCTL 1 "" "sparkctl ${version}" "User Commands"`,
    '.SH NAME',
    `sparkctl \\- ${roff(root.text.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...commands
      .filter(({ hasCommands }) => !hasCommands)
      .flatMap(({ name, usage }) => [`.B ${roff(name)}`, roff(usage.slice(name.length + 1)), '.br']),
    '.SH DESCRIPTION',
    roff(
      'Options stand before the script, and every word after the script is its own, as with spark-submit. Standard output carries ' +
        "what the script prints and nothing else; sparkctl's own words go to standard error.",
    ),
    '.SH COMMANDS',
    ...commands.flatMap(({ name, text, arguments: operands, groups }) => [
      `.SS ${roff(name)}`,
      roff(sentence(text)),
      ...operands.flatMap(definition),
      ...groups.flatMap(({ title, options }) => [
        ...(title === 'Options' ? [] : ['.PP', roff(`${title}:`)]),
        ...options.filter(({ term }) => !term.startsWith('-h')).flatMap(definition),
      ]),
    ]),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, text]) => ['.TP', `.B ${roff(command)}`, roff(text)]),
    '.SH EXIT STATUS',
    roff(sentence(codes)),
    '.SH SEE ALSO',
    '.BR spark\\-submit (1)',
    '',
  ].join('\n');
}

function definition({ term, text }) {
  return ['.TP', `.B ${roff(term)}`, roff(text)];
}

/** Text that roff shows as it is: a hyphen as the one that can be copied, and nothing taken for a request. */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^([.'])/gm, '\\&$1');
}

function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?)]$/.test(whole) ? whole : `${whole}.`;
}

/** Text for Markdown: a word in angle brackets is no HTML. */
function escaped(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('$(', '\\$(');
}
