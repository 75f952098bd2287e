import * as z from 'zod';
import { reportSchema } from '../../../domain/job/command';

/** The most that a batch of reports may take (bytes). */
export const BATCH_BYTES = 1_048_576;

export const batchSchema = z
  .strictObject({
    reports: z.array(reportSchema).min(1, { error: 'must have at least one report' }).max(1_000),
  })
  .meta({ id: 'ReportBatch' });
