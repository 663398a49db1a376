import { readdirSync, readFileSync } from 'node:fs';

/** The command lines of living processes that carry a word in their arguments or environment, such as a folder. */
export function processesMentioning(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
      const mentioned = command.includes(word) || read(`/proc/${pid}/environ`).includes(word);
      return mentioned && command !== '' ? [`${pid} ${command}`] : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
