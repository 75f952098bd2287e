/** How long an object counts as open after it was last touched (ms): the runtime puts it away 10 s after its last work. */
const OPEN_FOR = 15_000;
/** A database, its log and its shared memory: what an open object has of files on a disk of its own. */
const FILES_AN_OBJECT = 3;
/** What the process has open that is neither an object's nor a connection's. */
export const OWN_FILES = 100;
/** When whatever found no room by its alarm looks again (ms). */
export const NO_ROOM = 5_000;

/**
 * Up to which part of the process's other files an object is still opened beside those that are open: one that is made; a job, a
 * hook or a bulk operation that sleeps; one of the few that an organization has, without which none of its others can be
 * asked for. The rest is for connections.
 */
const SHARES = { made: 1 / 2, asleep: 3 / 4, central: 7 / 8 } as const;
export type FileShare = keyof typeof SHARES;

/** What an isolate's objects are set to where files are scarce: on a machine of one's own. */
export interface OpenFiles {
  /** How many files the process may have open; no limit where it is not set. */
  OPEN_FILES?: string;
}

/** Thrown instead of opening an object that does not fit. It reads as what the runtime throws for an object that is overloaded. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
  readonly overloaded = true;
}

/** The objects that were touched lately: a guess at how many files the process has open. */
export class OpenObjects {
  /** When each was touched, the longest untouched first. */
  readonly #touched = new Map<string, number>();

  touch(name: string, now: number): void {
    this.#touched.delete(name);
    this.#touched.set(name, now);
    this.#forget(now);
  }

  has(name: string, now: number): boolean {
    this.#forget(now);
    return this.#touched.has(name);
  }

  /** How many objects more fit into a share of `files` that the process may have. */
  room(files: number, share: FileShare, now: number): number {
    this.#forget(now);
    return Math.max(
      Math.ceil(((files - OWN_FILES) * SHARES[share]) / FILES_AN_OBJECT) - this.#touched.size,
      0,
    );
  }

  #forget(now: number): void {
    for (const [name, at] of this.#touched) {
      if (now - at < OPEN_FOR && now >= at) return;
      this.#touched.delete(name);
    }
  }
}

const isolate = new OpenObjects();

/** Records that the isolate touches an object, where files are counted. */
export function touched({ OPEN_FILES }: OpenFiles, namespace: string, name: string | undefined): void {
  if (OPEN_FILES) isolate.touch(`${namespace}/${name}`, Date.now());
}

/** Touches an object that is to be asked for. Throws `NoRoomError` where it would have to be opened and does not fit. */
export function open({ OPEN_FILES }: OpenFiles, namespace: string, name: string, share: FileShare): void {
  if (!OPEN_FILES) return;
  const [object, now] = [`${namespace}/${name}`, Date.now()];
  if (!isolate.has(object, now) && isolate.room(Number(OPEN_FILES), share, now) === 0)
    throw new NoRoomError('too many objects are in use');
  isolate.touch(object, now);
}

/** How many objects more may be made; without end where files are not counted. */
export function roomFor({ OPEN_FILES }: OpenFiles, now: number): number {
  return OPEN_FILES ? isolate.room(Number(OPEN_FILES), 'made', now) : Number.POSITIVE_INFINITY;
}
