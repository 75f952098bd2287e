/** After so many bytes a client is asked for a sign that it reads. */
const ASKED_EVERY = 262_144;
/** The most that a client may be sent while it says nothing at all (bytes). */
export const UNANSWERED = 1_048_576;
/** The most that it may be sent without proof that it has read any of it (bytes): who sends may still not read. */
export const UNPROVEN = 8_388_608;
/** The most of what is overdue in one isolate (bytes), of all its clients together. */
const OVERDUE = 16_777_216;

/**
 * What one client has been sent and may not have read: a socket shows no back pressure, and what it is sent waits in
 * memory for as long as its client does not read. Whoever answers is taken at its word for a while; that it has read
 * is proven by the mark of a ping, which can't be guessed.
 */
export class Unread {
  readonly #house: House;
  #overran = false;
  #sent = 0;
  /** Of what was sent: at the client's last message, at the last ping that it gave back the mark of, and at the last ping. */
  #answered = 0;
  #proven = 0;
  #asked = 0;
  #marks: { mark: string; sent: number }[] = [];

  constructor(house: House = ISOLATE) {
    this.#house = house;
  }

  /** Notes what was sent; whether the client has had more than it may. */
  sent(bytes: number): boolean {
    this.#sent += bytes;
    if (this.overdue > 0 && !this.#overran) this.#house.look(this);
    const [unanswered, unproven] = [this.#sent - this.#answered, this.#sent - this.#proven];
    return this.#overran || unanswered > UNANSWERED || unproven > UNPROVEN;
  }

  /** The mark of the ping that is due; null where none is. */
  ask(): string | null {
    if (this.#sent - this.#asked < ASKED_EVERY) return null;
    this.#asked = this.#sent;
    const mark = crypto.randomUUID().slice(0, 8);
    this.#marks.push({ mark, sent: this.#sent });
    return mark;
  }

  /** Notes a message of the client. */
  heard(text: unknown): void {
    this.#answered = this.#sent;
    if (this.#marks.length === 0 || typeof text !== 'string' || text.length > LONGEST_PONG) return;
    const read = this.#marks.findLastIndex(({ mark }) => text.includes(mark));
    if (read === -1) return;
    this.#proven = this.#marks[read]?.sent ?? this.#proven;
    this.#marks = this.#marks.slice(read + 1);
    if (this.overdue === 0) this.#house.forget(this);
  }

  /** What it was sent since it should have answered (bytes). A client that was never asked owes nothing. */
  get overdue(): number {
    const [unanswered, unproven] = [this.#sent - this.#answered, this.#sent - this.#proven];
    return unproven > UNANSWERED ? unproven : unanswered > ASKED_EVERY ? unanswered : 0;
  }

  /**
   * Has had more than it may from here on, whoever is sent something: its own request closes its socket when it sends next,
   * since no other can.
   */
  overrun(): void {
    this.#overran = true;
    this.leave();
  }

  /** The client has gone. */
  leave(): void {
    this.#house.forget(this);
  }
}

/** Where a mark is looked for (characters). */
const LONGEST_PONG = 256;

/** Those of one isolate whose answers are overdue. */
export class House {
  readonly #owing = new Set<Unread>();

  /** Overruns the one that holds the most, where all together hold too much. */
  look(unread: Unread): void {
    this.#owing.add(unread);
    let sum = 0;
    let most = unread;
    for (const one of this.#owing) {
      sum += one.overdue;
      if (one.overdue > most.overdue) most = one;
    }
    if (sum > OVERDUE) most.overrun();
  }

  forget(unread: Unread): void {
    this.#owing.delete(unread);
  }
}

const ISOLATE = new House();
