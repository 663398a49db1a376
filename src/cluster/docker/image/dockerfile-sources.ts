import { z } from 'zod';
import { parseJson } from '../../../system/files/read-json.ts';

/**
 * The files of the build context that a Dockerfile copies, as it names them: paths or patterns. They, and nothing else,
 * are sent to the daemon and decide whether an image is up to date.
 */
export function dockerfileSources(text: string): readonly string[] {
  return instructions(text).flatMap((instruction) => {
    const [, rest] = /^(?:COPY|ADD)\s+(.*)$/is.exec(instruction) ?? [];
    if (rest === undefined) return [];
    const { flags = '', operands = '' } =
      /^(?<flags>(?:--\S+\s+)*)(?<operands>.*)$/s.exec(rest)?.groups ?? {};
    // What comes from another stage or image is not in the context.
    if (/--from=/.test(flags)) return [];
    return words(operands)
      .slice(0, -1)
      .filter((source) => !/^https?:\/\//.test(source));
  });
}

/** Instructions without comments, each on one line. */
function instructions(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replace(/\\\s*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}

function words(operands: string): readonly string[] {
  if (!operands.startsWith('[')) return operands.split(/\s+/).filter(Boolean);
  const list = parseJson(operands, z.array(z.string()));
  return list.kind === 'value' ? list.value : [];
}
