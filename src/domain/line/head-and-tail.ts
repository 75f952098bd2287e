/** What is kept of either end of a long text, in UTF-16 units: more than is ever shown of it. */
const KEPT = 16_384;

/** A text of any length that comes in pieces: its head and its tail are kept, whole where it is short. */
export class HeadAndTail {
  #head = '';
  #tail = '';
  #cut = false;

  add(piece: string): void {
    const room = KEPT - this.#head.length;
    if (room > 0) this.#head += piece.slice(0, room);
    if (piece.length <= room) return;
    const tail = this.#tail + piece.slice(Math.max(room, 0));
    this.#cut ||= tail.length > KEPT;
    this.#tail = tail.slice(-KEPT);
  }

  /** The text, with `…` where something was left out. */
  get text(): string {
    return `${this.#head}${this.#cut ? '…' : ''}${this.#tail}`.toWellFormed();
  }
}
