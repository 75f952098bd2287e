import { shortPath, under } from '../../domain/base/adjustment';
import type { Rejection } from '../../domain/base/rejection';
import type { Result } from '../../domain/base/result';
import { tell } from '../../domain/door/told';
import { PROBLEMS } from '../../http/problem';
import type { Arrival } from '../../services/hooks/hooks';
import type { Received } from './schemas';

/** An arrival before its time and type are added. */
export type ArrivalFields = Omit<Arrival, 'at' | 'content_type'>;

const NOTHING = { code: null, detail: null, errors: [], job_id: null, delivery_id: null };

/** A handshake that was answered. */
export const GREETED: ArrivalFields = { ...NOTHING, verdict: 'handshake', status: 200 };

function verdictOf({ applied, reason, replayed }: Received): Arrival['verdict'] {
  if (reason === 'ignored') return 'ignored';
  return replayed ? 'replayed' : applied ? 'applied' : 'skipped';
}

export function acceptedArrival(done: Received, status: number): ArrivalFields {
  const arrival = { ...NOTHING, verdict: verdictOf(done), status, code: done.reason ?? null };
  return { ...arrival, job_id: done.job_id, ...keptOf(done) };
}

export function refusedArrival({ code, detail, errors }: Rejection): ArrivalFields {
  const { status } = PROBLEMS[code];
  return { ...NOTHING, verdict: 'refused', status, code, detail, errors: errors ?? [] };
}

/** An array whose items were done: the arrival is what the first of the verdicts below that any came to. */
export function arrivalOfItems(done: readonly Result<Received>[], status: number): ArrivalFields {
  const verdicts = done.map((one) => (one.ok ? verdictOf(one.value) : 'refused'));
  const told = done.map((one, index) => (one.ok ? keptOf(one.value, index) : {}));
  const items: NonNullable<Arrival['items']> = {};
  for (const verdict of verdicts) items[verdict] = (items[verdict] ?? 0) + 1;
  const loudest = (['refused', 'applied', 'replayed', 'skipped'] as const).find((one) => items[one]);
  return {
    ...NOTHING,
    verdict: loudest ?? 'ignored',
    status,
    items,
    ...tell({
      adjusted: told.flatMap(({ adjusted = [] }) => adjusted),
      ignored: told.flatMap(({ ignored = [] }) => ignored),
    }),
  };
}

/** What an answer tells of what was not taken as it came, with paths short enough to be kept; below `item` where it is of many. */
function keptOf(
  { adjusted = [], ignored = [] }: Received,
  item?: number,
): Pick<Arrival, 'adjusted' | 'ignored'> {
  const at = (path: string) => shortPath(item === undefined ? path : under(`${item}`, path));
  return tell({
    adjusted: adjusted.map(({ path, reason }) => ({ path: at(path), reason })),
    ignored: ignored.map(({ path, message }) => ({ path: at(path), message })),
  });
}
