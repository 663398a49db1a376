/** One kind of node. To add one: a row in `roles`, and what only it does, where the compiler asks for it. */
interface Role {
  /** Its SPARK_MODE, by which docker-compose.yml and entrypoint.sh know it. */
  readonly mode: string;
  /** A cluster has one of it, or several, which are numbered and which `scale` changes; or each run has one of its own. */
  readonly count: 'one' | 'several' | 'each-run';
  /** True for a role that a cluster has only where it was asked for. */
  readonly optional: boolean;
  /** True for an application of the master: it looks for the master at its start, and its page lies behind the master's. */
  readonly isApplication: boolean;
  /** True for a node that is ready once the master calls it ALIVE; any other is ready once it answers itself. */
  readonly registers: boolean;
  /** False for a node that an application can begin, and end, without. */
  readonly isNeeded: boolean;
  /** The web page: its port in a container, which is the usual one on this machine, too, and a path that answers once it is up. */
  readonly page: { readonly port: number; readonly path: string; readonly name: string };
  /** The folders of the project's state that its container may write to. */
  readonly writes: readonly ('runs' | 'ivy')[];
  /** The JVM of a local cluster; a role without one has no process of its own there. */
  readonly daemon?: { readonly className: string; readonly heap: `${number}${'m' | 'g'}` };
}

/** Every kind of node, in the order in which they are shown. */
export const roles = {
  master: {
    mode: 'master',
    count: 'one',
    optional: false,
    isApplication: false,
    registers: false,
    isNeeded: true,
    page: { port: 8080, path: '/json/', name: "the master's page" },
    // `docker exec` may start a driver there.
    writes: ['ivy'],
    daemon: { className: 'org.apache.spark.deploy.master.Master', heap: '512m' },
  },
  worker: {
    mode: 'worker',
    count: 'several',
    optional: false,
    isApplication: false,
    registers: true,
    isNeeded: true,
    page: { port: 8081, path: '/json/', name: "a worker's page" },
    // Executors may write into the artifacts of runs that are still to come; file modes keep them out of the rest.
    writes: ['runs'],
    daemon: { className: 'org.apache.spark.deploy.worker.Worker', heap: '512m' },
  },
  history: {
    mode: 'history',
    count: 'one',
    optional: false,
    isApplication: false,
    registers: false,
    isNeeded: false,
    // Not its API: the first answer of that takes as much work as a third of the start.
    page: { port: 18080, path: '/', name: 'the history server' },
    writes: [],
    daemon: { className: 'org.apache.spark.deploy.history.HistoryServer', heap: '1g' },
  },
  connect: {
    mode: 'connect',
    count: 'one',
    optional: true,
    isApplication: true,
    registers: false,
    isNeeded: true,
    page: { port: 4040, path: '/jobs/', name: "the Connect server's page" },
    writes: ['ivy'],
    // Spark's launcher of a driver in the same JVM: the server is an application of the cluster.
    daemon: { className: 'org.apache.spark.deploy.SparkSubmit', heap: '1g' },
  },
  driver: {
    mode: 'submit',
    count: 'each-run',
    optional: false,
    isApplication: true,
    registers: false,
    isNeeded: true,
    page: { port: 4040, path: '/jobs/', name: "the driver's page" },
    writes: [],
  },
} as const satisfies Readonly<Record<string, Role>>;

export type NodeRole = keyof typeof roles;

/** The roles that have a process of their own in a local cluster. */
export type LocalRole = {
  [Name in NodeRole]: (typeof roles)[Name] extends { readonly daemon: object } ? Name : never;
}[NodeRole];

export const roleNames = Object.keys(roles) as [NodeRole, ...NodeRole[]];

/** The roles that make up a cluster; drivers belong to their runs. */
export const clusterRoles = roleNames.filter((role) => roles[role].count !== 'each-run');

export const localRoles = roleNames.filter((role): role is LocalRole => 'daemon' in roles[role]);

/** The roles of which every local cluster has exactly one. */
export const singleRoles = localRoles.filter((role) => roles[role].count === 'one' && !roles[role].optional);

/**
 * Tells whether a start waits for a node of this role: of a cluster that is made for one run, the run begins while its history
 * server still starts, which takes more processor time than any other node.
 */
export function isAwaited(role: NodeRole, isForOneRun: boolean): boolean {
  return roles[role].isNeeded || !isForOneRun;
}

/** Tells whether a text from outside names a role. */
export function isRole(text: string | undefined): text is NodeRole {
  return text !== undefined && Object.hasOwn(roles, text);
}

/** `master`, `history`; `worker-2` of which there are several; `driver-<run>`. */
export function nodeName(role: NodeRole, which: string | number): string {
  return roles[role].count === 'one' ? role : `${role}-${which}`;
}

/** Tells whether a text can be the name of a cluster's node of this role, and so a part of a path. */
export function isNodeName(text: string, role: NodeRole): boolean {
  if (roles[role].count === 'one') return text === role;
  return text.startsWith(`${role}-`) && /^[1-9]\d{0,5}$/.test(text.slice(role.length + 1));
}
