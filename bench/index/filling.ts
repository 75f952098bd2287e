/** Jobs that an index is filled with: those from the `from`th on of `total`, the newest of which is as old as `now` (ms). */
export interface Filling {
  from: number;
  count: number;
  total: number;
  now: number;
}
