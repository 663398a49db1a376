/** The page docs/manifest.md, from the JSON Schema of manifests. */
export function manifestPage(schema) {
  const keys = Object.entries(schema.properties);
  const linked = keys.map(([key, value]) => ({ name: `[\`${key}\`](#${key})`, value }));
  return [head, '## Keys\n', table(linked), ...keys.map(([key, value]) => section(key, value))].join('\n');
}

const head = `# Manifest reference

Everything that a manifest may say: [Write a job](write-a-job.md) shows how one comes about. This page is made by \`npm run schema\` from
\`jobs/manifest.schema.json\`, which gives editors completion by a first line like this:

\`\`\`yaml
# yaml-language-server: $schema=manifest.schema.json
dataset: { name: users, rows: 1000 }
input: { path: data/users.jsonl }
database:
  path: data/users.db
  table:
    name: users
    primaryKey: [id]
    columns: [{ name: id, type: integer }, { name: email, type: text }]
checks: [{ kind: accounting }, { kind: schema }, { kind: checksum }]
\`\`\`

Nothing is required, and an unknown key is a mistake. \`sparkctl submit --dry-run\` shows all mistakes at once, each with its line.
`;

function section(key, value) {
  const title = `## ${key}\n\n${value.description === undefined ? '' : `${plain(value.description)}\n\n`}`;
  const kinds = value.oneOf ?? value.items?.oneOf;
  if (kinds !== undefined) {
    const which =
      value.oneOf === undefined
        ? 'A list; the `kind` of each says which it is'
        : 'Its `name` says which it is';
    return `${title}${which}, and which keys it takes.\n\n${kinds.map(oneOf).join('\n')}`;
  }
  return `${title}${value.properties === undefined ? `The value: ${kind(value)}.\n` : rows(value)}`;
}

/** One of several objects, which differ by a word that each has. */
function oneOf(object) {
  const { const: word } = Object.values(object.properties).find((value) => value.const !== undefined);
  const text = object.description === undefined ? '' : `${plain(object.description)}\n\n`;
  return `### ${word}\n\n${text}${rows(object)}`;
}

/** A table of the keys of an object, those of objects within it under their whole name. */
function rows(object) {
  const found = keysOf(object);
  return found.length === 0 ? 'It takes no other key.\n' : table(found);
}

function keysOf({ properties, required = [] }, within = '') {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (value.const !== undefined) return [];
    const name = `${within}${key}`;
    const inner = value.properties ?? value.items?.properties;
    const dots = value.items === undefined ? '.' : '[].';
    const self = { name: `\`${name}\``, value, required: required.includes(key) };
    // What only holds others needs no line of its own where nothing is said of it.
    if (inner === undefined) return [self];
    const below = keysOf(value.items ?? value, `${name}${dots}`);
    return value.description === undefined ? below : [self, ...below];
  });
}

function table(found) {
  const lines = found.map(({ name, value, required }) => {
    const words = [...(required ? ['**required**'] : []), kind(value)].join(', ');
    return `| ${name} | ${words} | ${plain(value.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return ['| key | value | meaning |', '| --- | --- | --- |', ...lines, ''].join('\n');
}

/** The kind of value in a few words, with its limits and its default. */
function kind(value) {
  const words = [kindAlone(value)];
  if (value.minimum !== undefined || value.maximum !== undefined) words.push(range(value));
  if (value.default !== undefined && typeof value.default !== 'object')
    words.push(`default \`${value.default}\``);
  return words.join(', ');
}

function kindAlone(value) {
  if (value.oneOf !== undefined) return 'one of those below';
  if (value.enum !== undefined) return value.enum.map((each) => `\`${each}\``).join(', ');
  if (Array.isArray(value.type)) return value.type.map((type) => names[type]).join(' or ');
  const inner = value.type === 'array' ? value.items : value.additionalProperties;
  if (!inner || inner.properties || inner.oneOf) return names[value.type];
  return value.type === 'array' ? `list of: ${kindAlone(inner)}` : `by name: ${kindAlone(inner)}`;
}

const names = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  object: 'object',
  array: 'list',
};

function range({ minimum, maximum }) {
  const shown = (number) => number.toLocaleString('en-US');
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return `at least ${shown(minimum)}`;
  if (minimum === undefined) return `at most ${shown(maximum)}`;
  return `${shown(minimum)} to ${shown(maximum)}`;
}

/** A placeholder is shown as code. */
function plain(text) {
  return text.replace(/\$\{[^}]*\}/g, '`$&`');
}
