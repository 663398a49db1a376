import { connect } from 'node:net';
import { loopback } from './daemon-command.ts';

/** Whether something accepts connections on a port of this host. */
export async function portAnswers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: loopback, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
