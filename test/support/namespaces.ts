import { spawnSync } from 'node:child_process';

/** Words that start a program as the first process of a PID namespace of its own, as a container does. */
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

/** Makes the words that start a program which sees an empty folder in the place of one. */
export function without(folder: string): readonly string[] {
  const hide = 'mount -t tmpfs none "$1" && shift && exec "$@"';
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', hide, 'sh', folder];
}

/** Only root mounts. */
export const canHide = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
