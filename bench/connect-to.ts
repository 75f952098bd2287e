import { connect, type Socket } from 'node:net';

/** How long a connection may take (ms). */
const PATIENCE = 10_000;

/** A TCP connection to the service at `url`, once it is there. */
export function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.setTimeout(PATIENCE, () => reject(new Error('no connection')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
