/** A proxy on loopback that tears a connection in the middle of what comes back over it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TornProxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #armed = false;
  /** How many connections were torn. */
  torn = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Stands before the service at `url`. */
  static async before(url: string): Promise<TornProxy> {
    const server = createServer();
    const proxy = new TornProxy(server);
    server.on('connection', (near) => proxy.#pass(near, Number(new URL(url).port)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Of the next bytes that come back half get through; then the connection is gone, both ways. */
  tear(): void {
    this.#armed = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(near: Socket, port: number): void {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes: Buffer) => {
      if (!this.#armed) near.write(bytes);
      else this.#tearAt(bytes, near, far);
    });
  }

  #tearAt(bytes: Buffer, near: Socket, far: Socket): void {
    this.#armed = false;
    this.torn += 1;
    far.removeAllListeners('data');
    near.write(bytes.subarray(0, Math.ceil(bytes.byteLength / 2)), () => near.destroy());
  }
}
