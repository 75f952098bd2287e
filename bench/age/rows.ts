/** Rows that an organization's stores are filled with. */
export interface Rows {
  feed: number;
  summaries: number;
  tombstones: number;
  /** Of one endpoint. */
  deliveries: number;
}
