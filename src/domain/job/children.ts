import type { Job } from './job';

/** Children that a job may have in its life: those that were deleted count too, reruns of them do not. */
export const CHILD_LIMIT = 10_000;

/** Children that are told apart when they come again: of requests that are cut off, so many at most are on their way. */
const NEWEST = 100;

/** What a job knows of its children. */
export interface Children {
  count: number;
  /** The newest of them by the cores of their ids, oldest first: each is counted once, however often it is told of. */
  newest: string[];
  /** Of those, by its core, how many requests have told of one beyond the first. An older build keeps none. */
  again?: Record<string, number>;
  /** The newest reruns of children likewise, which are not counted. An older build keeps none. */
  reruns?: string[];
}

export const NO_CHILDREN: Children = { count: 0, newest: [] };

/** A job of an older creator says nothing of a parent. */
export function isChild({ parent_job_id }: Partial<Pick<Job, 'parent_job_id'>>): boolean {
  return (parent_job_id ?? null) !== null;
}

/** With one more child, or one more request that is to make it; null where there may be no more. */
export function withChild(children: Children, core: string): Children | null {
  const { count, newest, again = {} } = children;
  if (newest.includes(core)) return toldAgain(children, { ...again, [core]: (again[core] ?? 0) + 1 });
  if (count >= CHILD_LIMIT) return null;
  return toldAgain({ ...children, count: count + 1, newest: [...newest.slice(1 - NEWEST), core] }, again);
}

/**
 * Without a request that came to nothing, and without its child where no other request has told of that: another of the same
 * key may have made it meanwhile, or be about to. A child that is not among the newest stays counted.
 */
export function withoutChild(children: Children, core: string): Children {
  const { count, newest, again = {} } = children;
  if (!newest.includes(core)) return children;
  const more = again[core] ?? 0;
  if (more > 0) return toldAgain(children, { ...again, [core]: more - 1 });
  return { ...children, count: count - 1, newest: newest.filter((one) => one !== core) };
}

/** With a rerun of a child, which is its sibling and not counted. The same again changes nothing. */
export function withRerun(children: Children, core: string): Children {
  const { reruns = [] } = children;
  return reruns.includes(core) ? children : { ...children, reruns: [...reruns.slice(1 - NEWEST), core] };
}

/** With `again` as far as it is of the newest. */
function toldAgain(children: Children, again: Record<string, number>): Children {
  const known = children.newest.flatMap((core): [string, number][] => {
    const more = again[core] ?? 0;
    return more > 0 ? [[core, more]] : [];
  });
  return { ...children, again: Object.fromEntries(known) };
}
