/** The page docs/json.md, from the table of answers. */
export function answersPage(answers) {
  const rows = Object.entries(answers).map(([name, { title, of }]) => {
    const commands = of.map((command) => `\`${command}\``).join(', ');
    return `| ${commands || '`--progress json`'} | ${title} | [\`${name}.schema.json\`](../schemas/${name}.schema.json) |`;
  });
  return [head, '| command | what it prints | schema |', '| --- | --- | --- |', ...rows, '', tail].join('\n');
}

const head = `# JSON for programs

With \`--json\` a command prints one JSON value on stdout, and \`logs\` one on each line. This page is made by \`npm run schema\`, as are the JSON
Schemas (draft 2020-12) in \`schemas/\`, which are in the package, too. Tests hold what each command really prints to its schema.
`;

const tail = `- \`schemaVersion\` is 1. A later version may add fields, which a program has to pass over; where it takes one away, the number changes
  ([Versions](../CONTRIBUTING.md#versions)).
- A command that fails prints no JSON, but for those whose answer says so: a run that failed, a check that did not hold, a \`doctor\` that found
  something missing. The [exit code](exit-codes.md) tells them apart, and the words are on stderr.
- With \`--progress json\` stderr has an event a line: what began, what ended after how long with which result, what Spark does now. \`level\` and
  \`text\` are the words that people see. Other lines of stderr are the script's, Spark's warnings, or an error of sparkctl.

\`\`\`sh
sparkctl submit --json --progress json jobs/etl.py
sparkctl runs show --json
\`\`\`
`;
