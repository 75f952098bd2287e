/** What a crash run has found. */
export type Kind = 'lost' | 'doubled' | 'disordered' | 'behind' | 'drifted' | 'broken';

/** Findings told in full; the rest are counted. */
const TOLD = 20;

export class Tally {
  /** Answers to requests that change something. */
  answers = 0;
  /** Changes whose answer a kill has cut off. */
  cut = 0;
  /** Requests sent again with their key, and answered with the verdict that was kept. */
  replayed = 0;
  jobs = 0;
  /** Jobs with children that were compared with these. */
  families = 0;
  /** Jobs that the index asked whether they are as it lists them. */
  checked = 0;
  events = 0;
  /** Webhooks that came, and those of them that had come before. */
  deliveries = 0;
  duplicates = 0;
  readonly found: Record<Kind, number> = {
    ...{ lost: 0, doubled: 0, disordered: 0, behind: 0, drifted: 0, broken: 0 },
  };

  lost(what: string): void {
    this.#find('lost', what);
  }

  doubled(what: string): void {
    this.#find('doubled', what);
  }

  disordered(what: string): void {
    this.#find('disordered', what);
  }

  behind(what: string): void {
    this.#find('behind', what);
  }

  drifted(what: string): void {
    this.#find('drifted', what);
  }

  broken(what: string): void {
    this.#find('broken', what);
  }

  get sound(): boolean {
    return Object.values(this.found).every((count) => count === 0);
  }

  #find(kind: Kind, what: string): void {
    this.found[kind] += 1;
    const total = Object.values(this.found).reduce((sum, count) => sum + count, 0);
    if (total <= TOLD) console.log(`${kind}: ${what}`);
  }
}
