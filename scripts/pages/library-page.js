import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const head = `# Library reference

The exports of the package, for programs of TypeScript and JavaScript. This page is made from the doc comments by
\`npm run schema\`. [As a library](../README.md#as-a-library) shows how they are used.
`;

/** The page docs/library.md: each export of each entry of the package, with its doc comments. */
export function libraryPage(root) {
  const entries = entriesOf(root);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { ...options, incremental: false, tsBuildInfoFile: undefined },
  );
  const sections = entries.map(({ name, file }) => {
    const page = new Page(program.getTypeChecker());
    return `## ${name}\n\n\`\`\`ts\n${page.imports(name, program.getSourceFile(file))}\n\`\`\`\n\n${page.sections()}`;
  });
  return [head, ...sections].join('\n');
}

/** The entries of the package that have types: \`sparkctl\`, and what may be imported beside it. */
function entriesOf(root) {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, { types }]) =>
    types === undefined
      ? []
      : [
          {
            name: join(name, path),
            file: join(root, types.replace('./dist/', 'src/').replace('.d.ts', '.ts')),
          },
        ],
  );
}

/** The longest type or signature that is shown in one line. */
const longest = 86;

class Page {
  #checker;
  #symbols = [];

  constructor(checker) {
    this.#checker = checker;
  }

  /** Takes the exports of a file, and gives the line that imports its values. */
  imports(name, file) {
    const exported = this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(file));
    this.#symbols = exported.map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
      return { name: symbol.name, target, declaration: target.declarations[0] };
    });
    const values = this.#symbols.filter(({ target }) => target.flags & ts.SymbolFlags.Value);
    const names = values.map((value) => value.name);
    const whole = `import { ${names.join(', ')} } from '${name}';`;
    return whole.length <= longest
      ? whole
      : `import {\n${names.map((each) => `  ${each},\n`).join('')}} from '${name}';`;
  }

  /** Functions, classes and values first, then types, each group by name. */
  sections() {
    const rank = ({ target: { flags } }) =>
      [ts.SymbolFlags.Function, ts.SymbolFlags.Class, ts.SymbolFlags.Variable].findIndex(
        (flag) => flags & flag,
      ) & 3;
    return this.#symbols
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
      .map((symbol) => `### ${symbol.name}\n\n${this.#section(symbol)}`)
      .join('\n');
  }

  #section({ name, target, declaration }) {
    const text = this.#text(target);
    if (ts.isFunctionDeclaration(declaration)) return `${text}${block(signature(declaration, true))}`;
    if (ts.isClassDeclaration(declaration)) return `${text}${this.#members(declaration)}`;
    if (ts.isVariableDeclaration(declaration)) return `${text}${this.#value(name, target, declaration)}`;
    const type = this.#checker.getDeclaredTypeOfSymbol(target);
    if (type.isUnion() || type.isIntersection() || type.getProperties().length === 0)
      return `${text}${block(this.#written(name, type, declaration))}`;
    const bases = this.#bases(declaration);
    const links = bases.map((base) => `[${base.name}](#${base.name.toLowerCase()})`).join(' and ');
    const own = type
      .getProperties()
      .filter((each) => !bases.some((base) => this.#has(base, each, declaration)));
    return `${text}${links && `All of ${links}, and:\n\n`}${own.map((each) => this.#property(each, declaration)).join('')}`;
  }

  /** A union as its source has it; one that is computed, as it comes out. */
  #written(name, type, declaration) {
    const text = declaration.type.getText();
    const shown = /^(?:keyof|typeof)/.test(text) ? this.#shown(type, declaration) : text;
    return shown.startsWith('|') ? `type ${name} =\n  ${shown}` : `type ${name} = ${shown}`;
  }

  /** The exported types that an interface extends, also by way of others. */
  #bases(declaration) {
    return (declaration.heritageClauses ?? []).flatMap(({ types }) =>
      types.flatMap(({ expression }) => {
        const of = this.#checker.getSymbolAtLocation(expression);
        const target = of.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(of) : of;
        const known = this.#symbols.find((each) => each.target === target);
        return known === undefined ? target.declarations.flatMap((each) => this.#bases(each)) : [known];
      }),
    );
  }

  /** True where a base has the same property; one that is narrowed is shown again. */
  #has(base, property, place) {
    const same = this.#checker.getDeclaredTypeOfSymbol(base.target).getProperty(property.name);
    const typeOf = (symbol) => this.#shown(this.#checker.getTypeOfSymbolAtLocation(symbol, place), place);
    const optional = (symbol) => symbol.flags & ts.SymbolFlags.Optional;
    return same !== undefined && optional(same) === optional(property) && typeOf(same) === typeOf(property);
  }

  /** The public members of a class. */
  #members(declaration) {
    const lines = declaration.members.flatMap((member) => {
      const isHidden =
        member.name === undefined ||
        ts.isPrivateIdentifier(member.name) ||
        ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private;
      // A static method here is for the package's own functions.
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      if (isHidden || isStatic) return [];
      const symbol = this.#checker.getSymbolAtLocation(member.name);
      return symbol === undefined || ts.isPropertyDeclaration(member) || ts.isGetAccessor(member)
        ? [this.#property(symbol, declaration)]
        : [line(signature(member), this.#text(symbol))];
    });
    const extended = (declaration.heritageClauses ?? []).map((clause) => clause.getText()).join(' ');
    return `${block(`class ${declaration.name.text} ${extended}`.trim())}\n${lines.join('')}`;
  }

  /** A value that is an object is its properties; any other is its type. */
  #value(name, symbol, declaration) {
    const type = this.#checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const { initializer } = declaration;
    const value = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer;
    if (value === undefined || !ts.isObjectLiteralExpression(value))
      return block(`const ${name}: ${declaration.type?.getText() ?? this.#shown(type, declaration)}`);
    return type
      .getProperties()
      .map((each) => this.#property(each, declaration))
      .join('');
  }

  #property(symbol, place, indent = '') {
    const { valueDeclaration } = symbol;
    if (valueDeclaration && ts.isMethodSignature(valueDeclaration))
      return `${indent}${line(signature(valueDeclaration), this.#text(symbol))}`;
    const type = this.#checker.getTypeOfSymbolAtLocation(symbol, place);
    const isOptional = symbol.flags & ts.SymbolFlags.Optional;
    const written = valueDeclaration?.type?.getText().replace(/\s+/g, ' ');
    const shown = (written ?? this.#shown(type, place)).replace(isOptional ? / \| undefined$/ : /$^/, '');
    const inner = shown.length > longest ? this.#inner(type) : undefined;
    const short = inner === undefined ? shown : `{ … }${shown.endsWith('[]') ? '[]' : ''}`;
    const own = line(`${nameOf(symbol)}${isOptional ? '?' : ''}: ${short}`, this.#text(symbol));
    const below = (inner?.getProperties() ?? []).map((each) => this.#property(each, place, `${indent}  `));
    return `${indent}${own}${below.join('')}`;
  }

  /** The object that a type is, or is a list of; undefined where it is neither. */
  #inner(type) {
    const whole = this.#checker.getNonNullableType(type);
    const one = this.#checker.getIndexTypeOfType(whole, ts.IndexKind.Number) ?? whole;
    return one.flags & ts.TypeFlags.Object ? one : undefined;
  }

  #shown(type, place) {
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;
    const shown = this.#checker.typeToString(type, place, flags).replace(/import\("[^"]*"\)\./g, '');
    // The compiler orders a union by when it has met its members.
    return /^'[\w-]+'( \| '[\w-]+')+$/.test(shown) ? shown.split(' | ').sort().join(' | ') : shown;
  }

  /** The doc comment of a symbol, an example in it as a block of code. */
  #text(symbol) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim();
    if (text === '') return '';
    const parts = text.split(/\n\n(?=\S)|\n\n(?= {4})/).map((part) => {
      if (part.startsWith('    ')) return block(part.replace(/^ {4}/gm, '')).trimEnd();
      return part.startsWith('```') ? part : part.replaceAll('\n', ' ');
    });
    return `${parts.join('\n\n')}\n\n`;
  }
}

/** The name of a property; for one that is a symbol the compiler has a name of its own, with a number that changes. */
function nameOf({ name, declarations: [declaration] = [] }) {
  return declaration?.name && ts.isComputedPropertyName(declaration.name) ? declaration.name.getText() : name;
}

/** A function or method as it is declared, without its body; a long one in several lines where it has room. */
function signature(node, hasRoom = false) {
  const [name, parameters, result] = [node.name, node.parameters, node.type].map((part) =>
    Array.isArray(part)
      ? part.map((each) => each.getText().replace(/\s+/g, ' '))
      : part?.getText().replace(/\s+/g, ' '),
  );
  const before = ts.isFunctionDeclaration(node) ? `function ${name}` : name;
  const whole = `${before}(${parameters.join(', ')}): ${result}`;
  if (!hasRoom || whole.length <= longest) return whole;
  return `${before}(\n${parameters.map((each) => `  ${each},\n`).join('')}): ${result}`;
}

function block(code) {
  return `\`\`\`ts\n${code}\n\`\`\`\n`;
}

function line(code, text) {
  return `- \`${code}\`${text === '' ? '' : `: ${text.trim()}`}\n`;
}
