import { parse } from 'node:path';
import type { CompatibilityCase, Outcome, Part } from './compatibility-case.ts';

/** A line on stdout with which a part begins. */
const beginning = /^=== (.+)$/;

/** Returns the name of the part that begins with a line of stdout. */
export function partBegunBy(line: string): string | undefined {
  return beginning.exec(line)?.[1];
}

/**
 * Returns what one part left of all that its submission did. The exit code belongs to the part in which the submission ended;
 * a part that did not begin left nothing that could be compared, which is an error.
 */
export function outcomeOf(part: Part, { parts }: CompatibilityCase, whole: Outcome): Outcome {
  if (parts.length === 1) return whole;
  const lines = whole.stdout.split('\n');
  const begins = parts.map(({ name }) => lines.findIndex((line) => partBegunBy(line) === name));
  const index = parts.indexOf(part);
  const [from = -1, to = -1] = begins.slice(index);
  if (from === -1) {
    const reached = parts.findLast((_, other) => begins[other] !== -1)?.name ?? 'any part';
    throw new Error(
      `${part.name} did not begin: exit code ${whole.exitCode} in ${reached}:\n${whole.stdout.slice(-4000)}`,
    );
  }
  const goesOn = to !== -1;
  // What is printed before the first part is the first part's; the line end before another part's line is this one's.
  const own = lines.slice(index === 0 ? 0 : from, goesOn ? to : undefined);
  const others = parts.filter((other) => other !== part).flatMap(foldersOf);
  return {
    exitCode: goesOn ? 0 : whole.exitCode,
    stdout: own.join('\n') + (goesOn ? '\n' : ''),
    // A file that is in no part's folder is every part's: it cannot be missed.
    files: Object.fromEntries(
      Object.entries(whole.files).filter(([path]) => !others.some((folder) => path.startsWith(folder))),
    ),
  };
}

function foldersOf({ name, folders = [] }: Part): readonly string[] {
  return [`out/${parse(name).name}`, ...folders].map((folder) => `${folder}/`);
}
