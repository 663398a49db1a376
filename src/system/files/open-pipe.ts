import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { hasErrorCode } from '../errors/system-error.ts';

/** A thread looks so often for what has come. */
const lookEveryMs = 10;

/** Opens a named pipe for reading. It comes to its end once nobody writes to it any more, or if nobody does from the start. */
export function openPipe(path: string): Readable {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd);
    throw new Error(`${path} is no pipe`);
  }
  // The system tells the end of a pipe only to who has seen it open. Its program may have closed it before.
  closeSync(openSync(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW));
  return isMainThread ? new Socket({ fd, readable: true, writable: false }) : pipeOfThread(fd);
}

/**
 * Reads a pipe in a worker thread, such as those of `vitest --pool=threads`. At a thread's end Node closes the files that the thread
 * has opened, by their numbers; a socket has closed its own long before, and the number is another file's by then.
 */
function pipeOfThread(fd: number): Readable {
  const room = Buffer.alloc(1 << 16);
  let timer: NodeJS.Timeout | undefined;
  const read = (to: Readable) => {
    try {
      const length = readSync(fd, room);
      to.push(length === 0 ? null : Buffer.from(room.subarray(0, length)));
    } catch (error) {
      if (!hasErrorCode(error, 'EAGAIN')) return void to.destroy(error as Error);
      timer = setTimeout(read, lookEveryMs, to);
    }
  };
  return new Readable({
    read() {
      read(this);
    },
    destroy(error, done) {
      clearTimeout(timer);
      closeSync(fd);
      done(error);
    },
  });
}
