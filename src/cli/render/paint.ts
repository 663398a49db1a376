import { styleText } from 'node:util';
import type { TextSink } from '../cli-host.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours text where stderr is a terminal, unless NO_COLOR is set; always with FORCE_COLOR. */
export function paint(
  stderr: TextSink,
  environment: Readonly<Record<string, string | undefined>>,
): (style: Style, text: string) => string {
  const forced = environment['FORCE_COLOR'] !== undefined && environment['FORCE_COLOR'] !== '0';
  const wanted = forced || (stderr.isTTY === true && !environment['NO_COLOR']);
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}
