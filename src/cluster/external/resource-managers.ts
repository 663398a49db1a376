import { join } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { canAccess, readIfPresent } from '../../system/files/read-file.ts';
import type { OperationContext } from '../operation-context.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The folder that says where YARN is, as spark-submit finds it. */
export async function hadoopFolder(environment: OperationContext['environment']): Promise<string> {
  const name = environment['HADOOP_CONF_DIR'] ? 'HADOOP_CONF_DIR' : 'YARN_CONF_DIR';
  const folder = environment[name];
  if (folder && (await canAccess(folder))) return folder;
  throw new SparkctlError({
    code: 'no-hadoop-configuration',
    category: 'configuration',
    message: folder
      ? `${name} names ${folder}, which is not there or cannot be read.`
      : 'YARN cannot be found: neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set.',
    hint: 'Set HADOOP_CONF_DIR to the folder with core-site.xml and yarn-site.xml of the cluster.',
  });
}

const defaultPort = 8032;

/** Finds the addresses at which YARN's clients will look for a ResourceManager; undefined where only Hadoop itself can work them out. */
export async function resourceManagers(
  environment: OperationContext['environment'],
): Promise<readonly Address[] | undefined> {
  const text = (await readIfPresent(join(await hadoopFolder(environment), 'yarn-site.xml'))) ?? '';
  if (/<xi:include/i.test(text)) return undefined;
  const property = (name: string) => propertiesOf(text).get(`yarn.resourcemanager.${name}`);
  const ids = property('ha.enabled') === 'true' ? (property('ha.rm-ids') ?? '').split(',') : [''];
  const addresses = ids.map((id) => {
    const suffix = id.trim() === '' ? '' : `.${id.trim()}`;
    return property(`address${suffix}`) ?? `${property(`hostname${suffix}`) ?? '0.0.0.0'}:${defaultPort}`;
  });
  const split = addresses.map((address) => /^([^:\s${}]+):(\d{1,5})$/.exec(address));
  if (split.some((match) => match === null)) return undefined;
  return split.map((match) => ({ host: match?.[1] ?? '', port: Number(match?.[2]) }));
}

function propertiesOf(xml: string): ReadonlyMap<string, string> {
  const properties = xml.replace(/<!--.*?-->/gs, '').matchAll(/<property>(.*?)<\/property>/gs);
  return new Map(
    [...properties].map(([, text = '']) => {
      const of = (tag: string) => new RegExp(`<${tag}>\\s*(.*?)\\s*</${tag}>`, 's').exec(text)?.[1] ?? '';
      return [of('name'), of('value')] as const;
    }),
  );
}
