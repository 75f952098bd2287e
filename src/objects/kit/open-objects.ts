/** How long an object counts as open after it was last touched (ms): the runtime puts it away 10 s after its last work. */
const OPEN_FOR = 15_000;
/** A database, its log and its shared memory: what an open object has of files on a disk of its own. */
const FILES_AN_OBJECT = 3;
/** Which part of the process's files objects may hold before no more are made; the rest is for connections. */
const SHARE = 1 / 2;

/** What an isolate's objects are set to where files are scarce: on a machine of one's own. */
export interface OpenFiles {
  /** How many files the process may have open; no limit where it is not set. */
  OPEN_FILES?: string;
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

  /** Whether a new object fits beside those that are open, of `files` that the process may have. */
  hasRoom(files: number, now: number): boolean {
    this.#forget(now);
    return this.#touched.size * FILES_AN_OBJECT < files * SHARE;
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

/** Whether another object may be made; always, where files are not counted. */
export function hasRoom({ OPEN_FILES }: OpenFiles, now: number): boolean {
  return !OPEN_FILES || isolate.hasRoom(Number(OPEN_FILES), now);
}
