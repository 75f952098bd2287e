/** What of a client's messages is read in one turn (characters), or one message that is longer. */
const TURN = 2_048;
/** What may wait to be read of one client, and of all in the isolate (characters). */
const MOST = 2_097_152;
const ISOLATE = 8_388_608;

/** What waits in this isolate (characters). */
const isolate = { characters: 0 };

/**
 * Messages of one client, read in the order in which they came. Between two turns the isolate serves others, however
 * many have come together. Where too much waits it is read at once: until then the runtime accepts no more of it, and the
 * client's own buffers fill.
 */
export class Inbox {
  readonly #read: (data: unknown) => void;
  readonly #waiting: unknown[] = [];
  #characters = 0;
  /** Characters that were read since others were served. */
  #turn = 0;
  #reading = false;

  /** `read` does not throw. */
  constructor(read: (data: unknown) => void) {
    this.#read = read;
  }

  add(data: unknown): void {
    this.#waiting.push(data);
    this.#count(sizeOf(data));
    if (this.#characters > MOST || isolate.characters > ISOLATE) this.flush();
    else if (!this.#reading) void this.#run();
  }

  /** Reads all that waits, at once. */
  flush(): void {
    while (this.#waiting.length > 0) this.#next();
  }

  async #run(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.length > 0) {
      if (this.#turn >= TURN) {
        await scheduler.wait(0);
        this.#turn = 0;
      } else {
        this.#next();
      }
    }
    this.#reading = false;
  }

  /** Reads the oldest message. */
  #next(): void {
    const data = this.#waiting.shift();
    const size = sizeOf(data);
    this.#turn += size;
    this.#count(-size);
    this.#read(data);
  }

  #count(characters: number): void {
    this.#characters += characters;
    isolate.characters += characters;
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return data instanceof ArrayBuffer ? data.byteLength : 0;
}
