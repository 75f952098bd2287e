import type { PageBounds, RowsAt } from './contract';
import type { Stored } from './job-store';

/** Rows with the job's revision beside them, where they were asked for so; those of an older build’s Worker alone. */
export function rowsAt<Row, Place = never>(
  { job }: Stored,
  rows: Row[],
  revision: boolean | undefined,
  end: { next: Place | null; dropped: number } | undefined = undefined,
): Row[] | RowsAt<Row, Place> {
  return revision ? { revision: job.revision, rows, ...end } : rows;
}

/** The bounds of a Worker of an older build. */
export function rowsAlone(rows: number): PageBounds {
  return { rows, bytes: Number.POSITIVE_INFINITY, scan: Number.POSITIVE_INFINITY };
}
