import type { Wants } from './watch-contract';

/**
 * What a socket's wake-up needs: how far its watcher has been told, what it wants, whether it has the content whole, and
 * whether it came by a token.
 */
export interface WatcherPlace {
  revision: number;
  wants: Wants;
  whole: boolean;
  byToken: boolean;
}

/** Those who stand at one place: what is told to one of them is told to all. */
export interface Group {
  place: WatcherPlace;
  sockets: ReadonlySet<WebSocket>;
}

interface Members extends Group {
  sockets: Set<WebSocket>;
}

/**
 * The watchers' sockets by the place at which they stand. Their attachments are what is left of it after a hibernation:
 * they are read then, and written as a watcher moves.
 */
export class WatcherGroups {
  readonly #groups = new Map<string, Members>();
  readonly #groupOf = new Map<WebSocket, Members>();

  /** Reads the places of sockets that lived through a hibernation from their attachments. */
  constructor(sockets: Iterable<WebSocket>) {
    for (const socket of sockets) this.#join(socket, socket.deserializeAttachment() as WatcherPlace);
  }

  /** The groups there are, whoever was moved last at the end. */
  all(): Group[] {
    return [...this.#groups.values()];
  }

  /** Sets where a socket stands from here on. */
  move(socket: WebSocket, place: WatcherPlace): void {
    socket.serializeAttachment(place);
    this.leave(socket);
    this.#join(socket, place);
  }

  leave(socket: WebSocket): void {
    const group = this.#groupOf.get(socket);
    if (group === undefined) return;
    this.#groupOf.delete(socket);
    group.sockets.delete(socket);
    if (group.sockets.size === 0) this.#groups.delete(keyOf(group.place));
  }

  #join(socket: WebSocket, place: WatcherPlace): void {
    const key = keyOf(place);
    const group = this.#groups.get(key) ?? { place, sockets: new Set() };
    this.#groups.set(key, group);
    group.sockets.add(socket);
    this.#groupOf.set(socket, group);
  }
}

function keyOf({ revision, wants, whole, byToken }: WatcherPlace): string {
  return `${wants} ${revision} ${whole} ${byToken}`;
}
