import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PreparedLaunch } from './standby-keeper.ts';

/** The options and properties that name files of the driver's machine. */
const namingFiles =
  /^(?:--(?:jars|py-files|files|archives|driver-class-path)|spark\.(?:jars|files|archives|submit\.pyFiles|driver\.extraClassPath))$/;

/** A digest by which two values can be told apart, without showing them. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

/** The things of a launch that a driver is made with, whatever the backend: for `StandbyKeeper.madeWith`. */
export async function launchMadeWith({
  warm,
  workingFolder,
  propertiesFiles,
}: PreparedLaunch): Promise<Readonly<Record<string, string>>> {
  const texts = await Promise.all(propertiesFiles.map((path) => readFile(path, 'utf8')));
  return {
    settings: digestOf([warm.options, texts]),
    files: digestOf(await digestsOfFiles(warm.options, workingFolder)),
    'working folder': workingFolder,
  };
}

/** The size and time of each file that arguments of spark-submit name: a standby has read them at its start. */
async function digestsOfFiles(
  words: readonly string[],
  workingFolder: string,
): Promise<readonly (readonly [path: string, state: string])[]> {
  const paths = words.flatMap((word, index) => {
    const before = words[index - 1] ?? '';
    if (before !== '--conf') return namingFiles.test(before) ? word.split(/[,:]/) : [];
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    return namingFiles.test(key) ? value.split(/[,:]/) : [];
  });
  return await Promise.all(
    paths.map(async (path) => {
      const found = await stat(resolve(workingFolder, path.replace(/#.*$/, ''))).catch(() => undefined);
      return [path, found === undefined ? 'elsewhere' : `${found.size} ${found.mtimeMs}`] as const;
    }),
  );
}
