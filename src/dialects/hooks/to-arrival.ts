import type { Rejection } from '../../domain/base/rejection';
import { PROBLEMS } from '../../http/problem';
import type { Arrival } from '../../services/hooks/hooks';
import type { Received } from './schemas';

/** An arrival before its time and type are added. */
export type ArrivalFields = Omit<Arrival, 'at' | 'content_type'>;

const NOTHING = { code: null, detail: null, errors: [], job_id: null, delivery_id: null };

/** A handshake that was answered. */
export const GREETED: ArrivalFields = { ...NOTHING, verdict: 'handshake', status: 200 };

export function verdictOf({ applied, reason, replayed }: Received): Arrival['verdict'] {
  if (reason === 'ignored') return 'ignored';
  return replayed ? 'replayed' : applied ? 'applied' : 'skipped';
}

export function acceptedArrival(done: Received, status: number): ArrivalFields {
  return { ...NOTHING, verdict: verdictOf(done), status, code: done.reason ?? null, job_id: done.job_id };
}

export function refusedArrival({ code, detail, errors }: Rejection): ArrivalFields {
  const { status } = PROBLEMS[code];
  return { ...NOTHING, verdict: 'refused', status, code, detail, errors: errors ?? [] };
}

/** An array whose items were done: the arrival is what the first of the verdicts below that any came to. */
export function arrivalOfItems(verdicts: readonly Arrival['verdict'][], status: number): ArrivalFields {
  const items: NonNullable<Arrival['items']> = {};
  for (const verdict of verdicts) items[verdict] = (items[verdict] ?? 0) + 1;
  const loudest = (['refused', 'applied', 'replayed', 'skipped'] as const).find((one) => items[one]);
  return { ...NOTHING, verdict: loudest ?? 'ignored', status, items };
}
