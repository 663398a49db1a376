import { join } from 'node:path';
import { readIfPresent } from '../../../system/files/read-file.ts';
import { packageRoot } from '../../../system/package.ts';
import type { OperationContext } from '../../operation-context.ts';
import type { ComposeFile } from './compose-schema.ts';
import type { Variables } from './compose-yaml.ts';
import { readCompose } from './read-compose.ts';

/** The names that Compose looks for, in its order. */
const names = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** A Compose file as it is written. */
interface ComposeSource {
  /** The file with its variables filled in: those of sparkctl first, then the environment, then the project's `.env`. */
  read(variables: Variables): ComposeFile;
}

/** The project's own Compose file where it describes a Spark cluster, otherwise the one that comes with sparkctl. */
export async function composeSource({
  project,
  environment,
}: Pick<OperationContext, 'project' | 'environment'>): Promise<ComposeSource> {
  const settings = parseEnvFile((await readIfPresent(join(project, '.env'))) ?? '');
  const source = (path: string, text: string): ComposeSource => ({
    read: (variables) => readCompose(path, text, { ...settings, ...environment, ...variables }, project),
  });
  for (const name of names) {
    const path = join(project, name);
    const text = await readIfPresent(path);
    // A project may well have a Compose file for something else.
    if (text?.includes('SPARK_MODE')) return source(path, text);
  }
  const path = join(packageRoot, 'docker-compose.yml');
  const text = await readIfPresent(path);
  if (text === undefined) throw new Error(`${path} is missing from this installation of sparkctl`);
  return source(path, text);
}

/** The assignments of a `.env` file, which Compose reads beside a Compose file. */
export function parseEnvFile(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, quoted] = /^'([^']*)'$|^"([^"]*)"$/.exec(raw)?.filter((part) => part !== undefined) ?? [];
    values[name] = quoted ?? raw.replace(/\s+#.*$/, '');
  }
  return values;
}
