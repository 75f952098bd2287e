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
}

export const NO_CHILDREN: Children = { count: 0, newest: [] };

/** A job of an older creator says nothing of a parent. */
export function isChild({ parent_job_id }: Partial<Pick<Job, 'parent_job_id'>>): boolean {
  return (parent_job_id ?? null) !== null;
}

/** With one more child; null where there may be no more. The same again changes nothing. */
export function withChild(children: Children, core: string): Children | null {
  const { count, newest } = children;
  if (newest.includes(core)) return children;
  if (count >= CHILD_LIMIT) return null;
  return { count: count + 1, newest: [...newest.slice(1 - NEWEST), core] };
}

/** Without a child that came to nothing. One that is not among the newest stays counted. */
export function withoutChild(children: Children, core: string): Children {
  const newest = children.newest.filter((one) => one !== core);
  return newest.length === children.newest.length ? children : { count: children.count - 1, newest };
}
