/**
 * The sockets that an object holds, by kind; each hibernates. The runtime is asked for them once, when the object
 * wakes, and they are followed from then on: a socket that nothing is sent to costs its object nothing.
 */
export class SocketHub<Kind extends string> {
  readonly #ctx: DurableObjectState;
  readonly #most: number;
  readonly #sockets: Map<Kind, Set<WebSocket>>;

  /** Holds `most` sockets of all `kinds` together. */
  constructor(ctx: DurableObjectState, kinds: readonly Kind[], most: number) {
    this.#ctx = ctx;
    this.#most = most;
    this.#sockets = new Map(kinds.map((kind) => [kind, new Set(ctx.getWebSockets(kind).filter(isOpen))]));
  }

  /** The end of a new socket that is kept, and the one that is handed out; null where there is no room. */
  accept(kind: Kind): { ours: WebSocket; theirs: WebSocket } | null {
    const held = [...this.#sockets.values()].reduce((sum, { size }) => sum + size, 0);
    if (held >= this.#most) return null;
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#ctx.acceptWebSocket(ours, [kind]);
    this.#sockets.get(kind)?.add(ours);
    return { ours, theirs };
  }

  of(kind: Kind): ReadonlySet<WebSocket> {
    return this.#sockets.get(kind) ?? new Set();
  }

  count(kind: Kind): number {
    return this.of(kind).size;
  }

  /** A socket is closed, at either end. */
  gone(socket: WebSocket): void {
    for (const sockets of this.#sockets.values()) sockets.delete(socket);
  }
}

function isOpen({ readyState }: WebSocket): boolean {
  return readyState === WebSocket.OPEN;
}
