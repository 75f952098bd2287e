/** What a body that comes in pieces has room for at first (bytes). */
const SMALLEST = 4_096;

/**
 * The first bytes of a body, one buffer for all of them: the runtime gives a chunk of a single byte a buffer of 4 KiB. Most
 * bodies come in one piece, which is not copied.
 */
export class Gathered {
  /** How much has come, whether or not it is kept. */
  size = 0;
  readonly #most: number;
  #room: Uint8Array = new Uint8Array();

  /** Keeps `most` bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Uint8Array): void {
    const [before, kept] = [this.size, this.#kept];
    this.size += chunk.byteLength;
    const part = chunk.subarray(0, this.#kept - kept);
    if (before === 0) {
      this.#room = part;
      return;
    }
    if (this.#kept > this.#room.byteLength) {
      const wider = new Uint8Array(Math.min(Math.max(2 * this.#kept, SMALLEST), this.#most));
      wider.set(this.#room.subarray(0, kept));
      this.#room = wider;
    }
    this.#room.set(part, kept);
  }

  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#kept);
  }

  get #kept(): number {
    return Math.min(this.size, this.#most);
  }
}
