import { log } from '../../log';

/** What is to be committed, and who is told of it: within the turn of its commit, which is not yet on the disk. */
export interface QueuedAsk<Ask, Answer> {
  ask: Ask;
  resolve(answer: Answer): void;
  reject(cause: unknown): void;
}

/** How a queue commits and how it learns that a commit has reached the disk. */
export interface CommitPort<Ask, Answer> {
  /** Commits a group in one transaction; an answer for each, in order. Where it throws, nothing of the group is stored. */
  commit(asks: Ask[]): Answer[];
  sync(): Promise<void>;
  /** The work that an ask is. One commit takes what fits into `BUDGET`, or one ask that is more; without it, all that waits. */
  weigh?(ask: Ask): number;
  /** Who sent an ask, where several asks are of one sender: they keep their order. Without one it stands for itself. */
  sender?(ask: Ask): object | null;
  /** What a queue holds at most; without it, whatever comes waits. */
  cap?: CommitCap<Ask, Answer>;
}

/** The cap of a queue: `WAITING_BYTES` and `WAITING_ASKS`, and what becomes of an ask that would pass either. */
export interface CommitCap<Ask, Answer> {
  /** The bytes that an ask holds while it waits. */
  size(ask: Ask): number;
  /** Answers an ask that there is no room for; or names what holds its place, so that it is answered in its turn. */
  refuse(member: QueuedAsk<Ask, Answer>): Ask | null;
}

/** The work of one commit, as `weigh` counts it: what comes after it waits for the next. */
export const BUDGET = 4_000;
/** What may wait in one queue: bytes, and asks. */
export const WAITING_BYTES = 16_777_216;
export const WAITING_ASKS = 8_000;

interface Waiting<Ask, Answer> extends QueuedAsk<Ask, Answer> {
  /** Null for one that only holds a place. */
  bytes: number | null;
}

/**
 * Shared commits: while one is on its way to the disk, what arrives waits and shares the next. The runtime itself does
 * not merge concurrent writes: each transaction is a sync of the file. Answers leave at once; the runtime's output gate
 * holds them until their commit is durable. Source: protocols §6.
 */
export class CommitQueue<Ask, Answer> {
  readonly #port: CommitPort<Ask, Answer>;
  /** By sender, the one whose turn is next first. */
  readonly #waiting = new Map<object, Waiting<Ask, Answer>[]>();
  #busy = false;
  #bytes = 0;
  #asks = 0;

  constructor(port: CommitPort<Ask, Answer>) {
    this.#port = port;
  }

  /** Commits `ask`, at once where no commit is under way. */
  run(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => this.add([{ ask, resolve, reject }]));
  }

  /** The same for some that came together: they share a commit as far as it has room, and keep their order. */
  add(members: readonly QueuedAsk<Ask, Answer>[]): void {
    // One that comes alone to a queue with nothing under way does not wait: it is not measured.
    const waits = this.#busy || members.length > 1;
    for (const member of members) {
      const admitted = waits ? this.#admit(member) : { ...member, bytes: 0 };
      if (admitted !== null) this.#push(admitted);
    }
    if (!this.#busy && this.#waiting.size > 0) void this.#drain();
  }

  /** An ask as it waits: as it is, or as what holds its place where there is no room; null where it was answered. */
  #admit(member: QueuedAsk<Ask, Answer>): Waiting<Ask, Answer> | null {
    const { cap } = this.#port;
    const bytes = cap?.size(member.ask) ?? 0;
    const hasRoom = this.#bytes + bytes <= WAITING_BYTES && this.#asks < WAITING_ASKS;
    if (cap === undefined || hasRoom || this.#asks === 0) return { ...member, bytes };
    const place = cap.refuse(member);
    return place === null ? null : { ...member, ask: place, bytes: null };
  }

  #push(member: Waiting<Ask, Answer>): void {
    const sender = this.#port.sender?.(member.ask) ?? member;
    const own = this.#waiting.get(sender);
    if (own === undefined) this.#waiting.set(sender, [member]);
    else own.push(member);
    this.#count(member, 1);
  }

  #count({ bytes }: Waiting<Ask, Answer>, sign: 1 | -1): void {
    if (bytes === null) return;
    this.#bytes += sign * bytes;
    this.#asks += sign;
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#waiting.size > 0) {
        const group = this.#next();
        this.#commit(group);
        await this.#synced();
        // After a shared commit its callers are about to come back: they get one turn to do so.
        if (group.length > 1) await scheduler.wait(0);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Takes one ask of each sender in turn until the budget is used, so that none waits for all that another has sent. */
  #next(): QueuedAsk<Ask, Answer>[] {
    const group: QueuedAsk<Ask, Answer>[] = [];
    let work = 0;
    for (const [sender, own] of this.#waiting) {
      const [member] = own;
      if (member === undefined) continue;
      work += this.#port.weigh?.(member.ask) ?? 0;
      if (group.length > 0 && work > BUDGET) break;
      group.push(member);
      own.shift();
      this.#count(member, -1);
      this.#waiting.delete(sender);
      // Set anew it stands last, and this loop comes to it again.
      if (own.length > 0) this.#waiting.set(sender, own);
    }
    return group;
  }

  /** Waits for the disk. Where it fails the object is lost, and those that wait are told rather than kept waiting. */
  async #synced(): Promise<void> {
    try {
      await this.#port.sync();
    } catch (cause) {
      const waiting = [...this.#waiting.values()].flat();
      this.#waiting.clear();
      [this.#bytes, this.#asks] = [0, 0];
      for (const member of waiting) tell(() => member.reject(cause));
    }
  }

  /** A group that can't be committed is committed one by one, so that a fault in one is its own alone. */
  #commit(group: QueuedAsk<Ask, Answer>[]): void {
    let answers: Answer[];
    try {
      answers = this.#port.commit(group.map(({ ask }) => ask));
    } catch (cause) {
      const [only, ...others] = group;
      if (others.length > 0) for (const member of group) this.#commit([member]);
      else if (only !== undefined) tell(() => only.reject(cause));
      return;
    }
    for (const [index, member] of group.entries()) tell(() => member.resolve(answers[index] as Answer));
  }
}

/** Resolves one member. Where that throws, the commit stands and the others are resolved. */
function tell(member: () => void): void {
  try {
    member();
  } catch (cause) {
    log('error', 'answer_failed', { cause });
  }
}
