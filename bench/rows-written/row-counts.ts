/** Rows that objects of each kind have written; an alarm set or taken away is one. */
export interface RowCounts {
  job: number;
  jobAlarm: number;
  index: number;
  indexAlarm: number;
  organization: number;
}
