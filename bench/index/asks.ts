/** What an index of many jobs is asked for: filters that many jobs pass and few, alone and two together. */

/** By its name, a filter as a query; of each kind one that few jobs pass and one that many do. */
export const FILTERS: Record<string, string> = {
  'status, many': 'status=completed',
  'status, few': 'status=in_progress',
  'two statuses': 'status=failed&status=cancelled',
  category: 'category=ai',
  health: 'health=late',
  'type, many': 'job_type=type-0',
  'type, few': 'job_type=rare',
  'who, many': 'triggered_by=person-1%40example.com',
  'who, few': 'triggered_by=seldom%40example.com',
  'tag, many': 'tag=nightly',
  'tag, few': 'tag=seldom',
  'name, many': 'name=Import%20of%20shop%201',
  'name, few': 'name=Once%20in%20a%20while',
  'q, all': 'q=import',
  'q, many': 'q=import%20of%20shop%2012',
  'q, few': 'q=once',
  'q, an id': 'q=0a1b',
  children: 'parent_job_id={parent}',
  reruns: 'rerun_of={parent}',
  chain: 'root_job_id={parent}',
  'none passes': 'job_type=none',
  'of a day': 'created_after={yesterday}',
};

export const ORDERS = ['created_at', 'updated_at', 'completed_at'] as const;

/** Filters of two names that are not of one kind. */
export function pairs(): [name: string, query: string][] {
  const all = Object.entries(FILTERS);
  return all.flatMap(([one, first], at) =>
    all.slice(at + 1).flatMap(([other, second]): [string, string][] => {
      return haveOneName(first, second) ? [] : [[`${one}; ${other}`, `${first}&${second}`]];
    }),
  );
}

function haveOneName(first: string, second: string): boolean {
  const names = new URLSearchParams(first);
  return [...new URLSearchParams(second).keys()].some((name) => names.has(name));
}
