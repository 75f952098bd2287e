import * as z from 'zod';
import { reportSchema } from '../../../domain/job/command';

/** The most that a batch of reports may take (bytes). */
export const BATCH_BYTES = 1_048_576;

const NONE = { error: 'must have at least one report' };
/** Reports in a batch; beside an end the first so many, and the end behind them. */
export const BATCH_REPORTS = 1_000;

export const batchSchema = z
  .strictObject({ reports: z.array(reportSchema).min(1, NONE).max(BATCH_REPORTS) })
  .meta({ id: 'ReportBatch' });

/** The same with reports of any form: each is read by itself. */
export const batchOutside = z.strictObject({ reports: z.array(z.unknown()).min(1, NONE).max(BATCH_REPORTS) });
