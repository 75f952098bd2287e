import { Leases } from '../services/leases';

/** The bytes of bodies that an isolate holds, and those that it holds of one sender: room for its largest body, and half of that. */
const MOST = 25_165_824;
const SHARE = 12_582_912;
/** What a body counts at least (bytes): who reads it takes as much for a single byte. */
const LEAST = 4_096;
/** How long one that is all there counts that nobody lets go of (ms). */
const LEASE = 60_000;

/** Those whose bodies are counted together. */
interface Sender {
  name: string;
  bytes: number;
  /** Those that are not all there yet, the oldest first. */
  coming: Set<HeldBody>;
}

/**
 * The bodies of one isolate, from their first byte until their requests are answered. Where they are too much, one that is
 * still coming gives way: the oldest of the sender that holds the most. Who holds little is let in, whatever others hold.
 */
export class HeldBodies {
  /** Those that are all there. */
  readonly whole = new Leases<HeldBody>(LEASE);
  readonly #most: number;
  readonly #share: number;
  readonly #senders = new Map<string, Sender>();
  #bytes = 0;

  constructor(most: number, share: number) {
    this.#most = most;
    this.#share = share;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Another body. `empty` throws away what has come of it; it may run for another request: it changes plain data alone. */
  enter(name: string, empty: () => void): HeldBody {
    const sender = this.#senders.get(name) ?? { name, bytes: 0, coming: new Set() };
    this.#senders.set(name, sender);
    const body = new HeldBody(this, sender, empty);
    sender.coming.add(body);
    body.grow(LEAST);
    return body;
  }

  count(sender: Sender, bytes: number): void {
    sender.bytes += bytes;
    this.#bytes += bytes;
    if (sender.bytes === 0) this.#senders.delete(sender.name);
    if (bytes > 0) this.#makeRoom(sender);
  }

  #makeRoom(sender: Sender): void {
    for (const body of this.whole.over()) body.letGo();
    for (;;) {
      const full = sender.bytes > this.#share ? sender : this.#bytes > this.#most ? this.#largest() : null;
      const [oldest] = full?.coming ?? [];
      if (oldest === undefined) return;
      oldest.drop();
    }
  }

  /** Of those that something is still coming of, the one that holds the most. */
  #largest(): Sender | null {
    let largest: Sender | null = null;
    for (const sender of this.#senders.values()) {
      if (sender.coming.size > 0 && sender.bytes > (largest?.bytes ?? 0)) largest = sender;
    }
    return largest;
  }
}

/** One body as its isolate counts it. */
export class HeldBody {
  /** It had to give way: nothing of it is kept. */
  dropped = false;
  readonly #all: HeldBodies;
  readonly #sender: Sender;
  readonly #empty: () => void;
  #bytes = 0;

  constructor(all: HeldBodies, sender: Sender, empty: () => void) {
    this.#all = all;
    this.#sender = sender;
    this.#empty = empty;
  }

  /** It takes so many bytes from now on. */
  grow(bytes: number): void {
    if (!this.dropped) this.#count(Math.max(bytes, LEAST));
  }

  /** It is all there, and gives way no more: it counts until it is let go of, or its lease is over. */
  end(): void {
    this.#sender.coming.delete(this);
    this.#all.whole.begin(this);
  }

  drop(): void {
    this.dropped = true;
    this.letGo();
    this.#empty();
  }

  /** Nothing of it is held any more; again it does nothing. */
  letGo(): void {
    this.#sender.coming.delete(this);
    this.#all.whole.end(this);
    this.#count(0);
  }

  #count(bytes: number): void {
    const more = bytes - this.#bytes;
    this.#bytes = bytes;
    if (more !== 0) this.#all.count(this.#sender, more);
  }
}

/** The one of this isolate. */
export const BODIES = new HeldBodies(MOST, SHARE);
