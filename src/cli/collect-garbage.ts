import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives unused memory back now. Node lets its heap grow to several times its live size before it collects; beside a
 * cluster on the same machine that memory is better left to Spark. Changes V8 flags, so only sparkctl's own process may
 * call it, never a program that uses the library.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
