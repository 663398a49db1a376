import { randomBytes } from 'node:crypto';
import { canAccess, readIfPresent } from '../system/files/read-file.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { loopback } from './free-port.ts';

/** The port of a Spark Connect server, in a container and usually on this machine, too. */
export const connectPort = 15_002;

/** The application's name of a Connect server; `spark/sparkctl_standby/standby.py` and entrypoint.sh know it, too. */
export const connectApplication = 'Spark Connect server';

export const connectClass = 'org.apache.spark.sql.connect.service.SparkConnectServer';

/**
 * The properties by which a Connect server takes workers while its clients have work for them, and leaves them to other
 * applications otherwise. entrypoint.sh has the same.
 */
export const executorsOnDemand: Readonly<Record<string, string>> = {
  'spark.dynamicAllocation.enabled': 'true',
  'spark.dynamicAllocation.minExecutors': '0',
  'spark.dynamicAllocation.executorIdleTimeout': '15s',
  'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
  'spark.dynamicAllocation.shuffleTracking.timeout': '15s',
};

/** Makes the token of a cluster's Connect server, in a file for this user alone. One that is there stays: clients know it. */
export async function makeConnectToken(path: string): Promise<void> {
  if (!(await canAccess(path))) await writeAtomically(path, randomBytes(32).toString('hex'), 0o600);
}

/**
 * The link by which Connect clients of this machine find a server and are let in; undefined where there is no port or no token. Clients of
 * Python send a token without TLS to `localhost` alone, and not to 127.0.0.1.
 */
export async function connectLink(port: number | undefined, tokenPath: string): Promise<string | undefined> {
  if (port === undefined) return undefined;
  const token = (await readIfPresent(tokenPath))?.trim();
  return token ? `sc://localhost:${port}/;token=${token}` : undefined;
}

/** Tells whether a server takes calls at a port: Docker accepts connections to a container long before that. */
export async function takesCalls(port: number, timeoutMs = 2_000): Promise<boolean> {
  // Most commands ask no server.
  const { connect } = await import('node:http2');
  const session = connect(`http://${loopback}:${port}`);
  return await new Promise<boolean>((resolve) => {
    session.setTimeout(timeoutMs, () => resolve(false));
    session.once('remoteSettings', () => resolve(true));
    session.once('error', () => resolve(false)).once('close', () => resolve(false));
  }).finally(() => session.destroy());
}
