/** Counts of an import, and the comparison of a job's with a file's. */
import type { Job } from '../../src/client/index.ts';
import type { Gazetteer } from './cities.ts';
import { type Conversion, convert } from './convert.ts';

export interface Counts {
  rows: number;
  /** Rows that became a record, with or without a gap. */
  imported: number;
  withGap: number;
  unusable: number;
}

export const NOTHING: Counts = { rows: 0, imported: 0, withGap: 0, unusable: 0 };

/** `counts` with one more row. */
export function count(counts: Counts, outcome: Conversion['outcome']): Counts {
  return {
    rows: counts.rows + 1,
    imported: counts.imported + (outcome === 'unusable' ? 0 : 1),
    withGap: counts.withGap + (outcome === 'imported_with_gap' ? 1 : 0),
    unusable: counts.unusable + (outcome === 'unusable' ? 1 : 0),
  };
}

/** What the file holds, counted in one go and without the job. */
export function countFile({ rows, divisions }: Gazetteer): Counts {
  return rows.reduce((counts, row) => count(counts, convert(row, divisions).outcome), NOTHING);
}

/** A line of the comparison: what was counted, by the job and in the file. */
export interface Comparison {
  what: string;
  job: string | number;
  file: string | number;
}

type Counted = 'total_items' | 'processed_items' | 'failed_items' | 'warned_items' | 'errors_total';
type Compared = Pick<Job, Counted> & { status: string };

/** The job's numbers beside those of the file. */
export function compare(job: Compared, file: Counts): Comparison[] {
  return [
    { what: 'rows', job: job.total_items, file: file.rows },
    { what: 'imported', job: job.processed_items, file: file.imported },
    { what: 'of these with a gap', job: job.warned_items, file: file.withGap },
    { what: 'unusable', job: job.failed_items, file: file.unusable },
    { what: 'errors recorded', job: job.errors_total, file: file.unusable },
    { what: 'status', job: job.status, file: expectedStatus(file) },
  ];
}

function expectedStatus({ unusable, withGap }: Counts): string {
  if (unusable > 0) return 'partial_success';
  return withGap > 0 ? 'completed_with_warnings' : 'completed';
}
