import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The living processes that have to do with a folder: by their arguments, environment or working folder. */
export function processesOf(folder) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      const command = textOf(`/proc/${entry}/cmdline`).replaceAll('\0', ' ').trim();
      if (command === '') return [];
      const ours =
        command.includes(folder) ||
        textOf(`/proc/${entry}/environ`).includes(folder) ||
        linkOf(`/proc/${entry}/cwd`).startsWith(folder);
      return ours ? [{ pid: Number(entry), command }] : [];
    });
}

/** The ports that a process listens on. */
export function portsOf(pid) {
  const inodes = new Set(
    namesIn(`/proc/${pid}/fd`).flatMap(
      (fd) => /socket:\[(\d+)\]/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    ),
  );
  return listening()
    .filter(({ inode }) => inodes.has(inode))
    .map(({ port }) => port);
}

/** Every port of this machine that somebody listens on, with the socket's inode. */
export function listening() {
  return ['tcp', 'tcp6'].flatMap((table) =>
    textOf(`/proc/net/${table}`)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => ({ port: Number.parseInt(fields[1].split(':')[1], 16), inode: fields[9] })),
  );
}

function textOf(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function namesIn(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
