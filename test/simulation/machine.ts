/** What a simulated world asks of the process it runs in, and what it says in the end. No runtime's own types in here. */

/** One object's storage: a database that outlives the object's memory. */
export interface Database {
  /** Runs one statement. */
  run(query: string, bindings: readonly unknown[]): Table;
  /** Rows changed since it was opened. */
  readonly written: number;
  close(): void;
}

/** What a statement answers. */
export interface Table {
  columns: string[];
  rows: unknown[][];
}

export interface Machine {
  openDatabase(): Database;
  /** Resolves once every promise that can settle has settled. */
  settle(): Promise<void>;
}

/** What became of one seed. */
export interface Outcome {
  seed: number;
  /** Which promises were broken, and when; empty for a good seed. */
  violations: string[];
  counts: Counts;
}

export interface Counts {
  steps: number;
  answers: number;
  /** Messages dropped, doubled, delayed past their turn, answers lost, objects crashed, alarms late or run twice. */
  faults: number;
  publications: number;
  events: number;
}
