import { toSendable } from '../../domain/base/exact';
import { canonicalJson, type Json } from '../../domain/base/json';
import { type Command, markOf, type Report } from '../../domain/job/command';
import type { Unit } from '../../domain/job/unit';
import { sha256 } from '../ids/secrets';

/** A report as it was validated, beside the JSON value it was read from. */
export interface ReadReport {
  report: Report;
  raw: Json;
  /** How much of the total is processed, in hundredths of a percent, of whom no count is known. */
  processed_hundredths?: number;
  /** Nothing of it could be taken. */
  nothing?: true;
}

/** The unit that a report is, or that a batch of them is. */
export async function toUnit(reports: readonly ReadReport[], batch: boolean): Promise<Unit> {
  return { commands: await Promise.all(reports.map(toCommand)), batch };
}

/** Only a report that marks an end is ever compared with another, so only that one is digested. */
async function toCommand({ report, raw, nothing, processed_hundredths }: ReadReport): Promise<Command> {
  const digest = markOf(report) === null ? '' : await sha256(canonicalJson(raw));
  const { plain, ...exact } = toSendable(report);
  const share = processed_hundredths === undefined ? {} : { processed_hundredths };
  return { verb: 'report', report: plain, digest, ...exact, ...share, ...(nothing ? { nothing } : {}) };
}
