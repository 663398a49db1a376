import fc from 'fast-check';

/** Text that has done harm somewhere: paths, control characters, names of JavaScript's own, templates. */
const notorious = [
  '',
  '.',
  '..',
  '../../outside',
  'x/../../../outside',
  '/etc/passwd',
  '\0',
  '\u001b]0;owned\u0007\u001b[2J',
  '\u009b31m',
  '\u202egnp.exe',
  '\u2028',
  '\ud800',
  '\r\n',
  '__proto__',
  'constructor',
  'toString',
  '$&',
  '${project}',
  '*?[]{}',
  '%2e%2e%2f',
  'a'.repeat(5_000),
  '1e999',
  'NaN',
  '<script>',
  '- : ? & * ! | > %',
];

export const hostileText = fc.oneof(
  fc.constantFrom(...notorious),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);

/** Whatever may stand in JSON. */
const hostileValue = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  fc.constantFrom(null, true, -1, 0, 65_536, 2 ** 53, 1e308, 5e-324),
  fc.integer(),
  fc.jsonValue({ stringUnit: 'binary' }),
);

/** A name that a file system takes. */
export const hostileName = hostileText
  .map((text) => [...text.replaceAll(/[/\0\p{Cs}]/gu, '')].slice(0, 50).join(''))
  .filter((name) => name !== '' && name !== '.' && name !== '..');

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...at, key]))];
}

function replaced(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, at) => (at === Number(first) ? replaced(each, rest, by) : each));
  if (typeof value !== 'object' || value === null) return by;
  const entries = Object.entries(value).flatMap(([key, each]) => {
    if (key !== String(first)) return [[key, each]];
    // Undefined takes the whole field away.
    return rest.length === 0 && by === undefined ? [] : [[key, replaced(each, rest, by)]];
  });
  return Object.fromEntries(entries);
}

/** Something that is right but for up to three of its values. */
export function spoilt<Value>(good: Value): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.option(hostileValue, { nil: undefined }));
  return fc.array(change, { maxLength: 3 }).map((changes) =>
    changes.reduce((value: unknown, [index, by]) => {
      const paths = pathsIn(value).slice(1);
      return replaced(value, paths[index % Math.max(1, paths.length)] ?? ['x'], by);
    }, good),
  );
}

/** A text that is right but for some places; sometimes only its beginning is there. */
export function spoiltText(good: string): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(good.length), fc.nat(12), hostileText);
  return fc
    .tuple(fc.array(change, { maxLength: 3 }), fc.option(fc.nat(good.length), { freq: 6 }))
    .map(([changes, end]) =>
      changes
        .reduce((text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length), good)
        .slice(0, end ?? undefined),
    );
}

/** A record as a file: mostly spoilt JSON, sometimes no JSON at all. */
export function spoiltJson(good: unknown): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: spoilt(good).map((value) => JSON.stringify(value) ?? '') },
    spoiltText(JSON.stringify(good)),
    hostileText,
  );
}

/** Characters that a terminal would obey, or not show; line ends and tabs are only layout. */
export const unprintable = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/u;
