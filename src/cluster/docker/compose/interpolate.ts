/** What `${NAME}` in a Compose file stands for. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface Interpolated {
  readonly text: string;
  /** Variables that are not set and have no default: Compose takes them as empty, and says so. */
  readonly unset: readonly string[];
  /** What is wrong, in a person's words. */
  readonly problem?: string;
}

const reference =
  /\$(?:(?<dollar>\$)|(?<plain>[a-z_]\w*)|\{(?<name>[a-z_]\w*)(?:(?<rule>:?[-?+])(?<rest>[^}]*))?\}|)/gi;

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}` and `$$`, as Compose does. */
export function interpolate(text: string, variables: Variables): Interpolated {
  const unset: string[] = [];
  let problem: string | undefined;
  const replaced = text.replace(reference, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['dollar'] !== undefined) return '$';
    const name = groups['plain'] ?? groups['name'];
    if (name === undefined) {
      problem = 'a "$" begins a variable such as ${NAME} or ${NAME:-default}; write "$$" for a dollar sign';
      return whole;
    }
    const { rule, rest: argument = '' } = groups;
    if (argument.includes('${')) {
      problem = `the default of ${name} holds another variable, which not every version of Compose understands`;
      return whole;
    }
    const value = variables[name];
    const isSet = value !== undefined && !(rule?.startsWith(':') === true && value === '');
    switch (rule?.at(-1)) {
      case '-':
        return isSet ? value : argument;
      case '+':
        return isSet ? argument : '';
      case '?':
        if (isSet) return value;
        problem =
          argument === ''
            ? `the variable ${name} is not set`
            : `the variable ${name} is not set: ${argument}`;
        return whole;
      default:
        if (value === undefined) unset.push(name);
        return value ?? '';
    }
  });
  return { text: replaced, unset, ...(problem === undefined ? {} : { problem }) };
}
