/** Jobs that an index is filled with: those from the `from`th on of `total`, the newest of which is as old as `now` (ms). */
export interface Filling {
  from: number;
  count: number;
  total: number;
  now: number;
}

/** What is stored once they are there. */
export interface Filled {
  /** Bytes of the whole database, indexes and all. */
  bytes: number;
  /** Bytes of a job's own row, on average; 0 while there are more to come. */
  entry: number;
}
