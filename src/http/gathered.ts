import { BODIES, type HeldBody } from './held-bodies';

/** What a body that comes in pieces has room for at first (bytes). */
const SMALLEST = 4_096;
const NO_ROOM = new Uint8Array();

/**
 * The first bytes of a body, one buffer for all of them: the runtime gives a chunk of a single byte a buffer of 4 KiB. Most
 * bodies come in one piece, which is not copied.
 */
export class Gathered {
  /** How much has come, whether or not it is kept. */
  size = 0;
  /** As it is counted among the bodies of its sender: once it is `dropped` nothing is kept of it. */
  readonly held: HeldBody;
  readonly #most: number;
  #room: Uint8Array = NO_ROOM;

  /** Keeps `most` bytes. */
  constructor(most: number, sender: string, bodies = BODIES) {
    this.#most = most;
    this.held = bodies.enter(sender, () => {
      this.#room = NO_ROOM;
    });
  }

  add(chunk: Uint8Array): void {
    if (this.held.dropped) return;
    const [before, kept] = [this.size, this.#kept];
    this.size += chunk.byteLength;
    const part = chunk.subarray(0, this.#kept - kept);
    if (before === 0) {
      this.#room = part;
      this.held.grow(part.buffer.byteLength);
      return;
    }
    if (this.#kept > this.#room.byteLength) this.#widen(kept);
    if (!this.held.dropped) this.#room.set(part, kept);
  }

  /** All that is kept; nothing of what was dropped. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#kept);
  }

  /** Keeps nothing of it: what comes goes through `room` bytes. */
  spill(room: number): void {
    this.#room = NO_ROOM;
    this.held.grow(room);
  }

  /** Counted before it is taken: where there is no room it may be dropped itself. */
  #widen(kept: number): void {
    const bytes = Math.min(Math.max(2 * this.#kept, SMALLEST), this.#most);
    this.held.grow(bytes);
    if (this.held.dropped) return;
    const wider = new Uint8Array(bytes);
    wider.set(this.#room.subarray(0, kept));
    this.#room = wider;
  }

  get #kept(): number {
    return Math.min(this.size, this.#most);
  }
}
