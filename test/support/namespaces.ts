import { spawnSync } from 'node:child_process';

/** What starts a program as the first process of a PID namespace of its own, as a container does. */
export const inOwnPidNamespace: readonly string[] = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];

const [file = '', ...args] = inOwnPidNamespace;

/** Not every machine lets everybody make namespaces. */
export const canMakePidNamespace = spawnSync(file, [...args, 'true']).status === 0;
