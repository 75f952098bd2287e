/** One line of the source made wrong, and the suite that must notice. */
export interface Patch {
  name: string;
  file: string;
  /** Found exactly once in the file. */
  find: string;
  replace: string;
  suite: Suite;
}

/** A test file, or the simulation. Where layers cover each other, it calls the broken one alone. */
export type Suite = `test/${string}.test.ts` | 'simulation';
