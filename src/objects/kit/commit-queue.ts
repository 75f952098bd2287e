/** What is to be committed, and who is told of it: within the turn of its commit, which is not yet on the disk. */
export interface Member<Ask, Answer> {
  ask: Ask;
  resolve(answer: Answer): void;
  reject(cause: unknown): void;
}

/** How a queue commits and how it learns that a commit has reached the disk. */
export interface CommitPort<Ask, Answer> {
  /** Commits a group in one transaction; an answer for each, in order. */
  commit(asks: Ask[]): Answer[];
  sync(): Promise<void>;
}

/**
 * Shared commits: while one is on its way to the disk, what arrives waits and shares the next. The runtime itself does
 * not merge concurrent writes: each transaction is a sync of the file. Answers leave at once; the runtime's output gate
 * holds them until their commit is durable. Source: protocols §6.
 */
export class CommitQueue<Ask, Answer> {
  readonly #port: CommitPort<Ask, Answer>;
  #waiting: Member<Ask, Answer>[] = [];
  #busy = false;

  constructor(port: CommitPort<Ask, Answer>) {
    this.#port = port;
  }

  /** Commits `ask`, at once where no commit is under way. */
  run(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => this.add([{ ask, resolve, reject }]));
  }

  /** The same for some that came together: they share a commit, and keep their order. */
  add(members: readonly Member<Ask, Answer>[]): void {
    this.#waiting.push(...members);
    if (!this.#busy && this.#waiting.length > 0) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#waiting.length > 0) {
        const group = this.#waiting;
        this.#waiting = [];
        this.#commit(group);
        await this.#synced();
        // After a shared commit its callers are about to come back: they get one turn to do so.
        if (group.length > 1) await scheduler.wait(0);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Waits for the disk. Where it fails the object is lost, and those that wait are told rather than kept waiting. */
  async #synced(): Promise<void> {
    try {
      await this.#port.sync();
    } catch (cause) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const { reject } of waiting) reject(cause);
    }
  }

  /** A group that can't be committed is committed one by one, so that a fault in one is its own alone. */
  #commit(group: Member<Ask, Answer>[]): void {
    try {
      const answers = this.#port.commit(group.map(({ ask }) => ask));
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer);
    } catch (cause) {
      if (group.length === 1) group[0]?.reject(cause);
      else for (const member of group) this.#commit([member]);
    }
  }
}
