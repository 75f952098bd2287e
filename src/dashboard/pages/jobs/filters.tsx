import { useLocation } from 'preact-iso';
import { addressOf, type Filters as Chosen, FILTERS, type FilterName } from '../../live/job-filter.ts';

const STATUSES = [
  'pending',
  'in_progress',
  'completed',
  'completed_with_warnings',
  'partial_success',
  'failed',
  'cancelled',
];
const CATEGORIES = ['seo', 'ai', 'sync', 'export'];
const HEALTHS = ['ok', 'late', 'stalled'];

const CHOICES: [FilterName, string, readonly string[]][] = [
  ['status', 'Status', STATUSES],
  ['category', 'Category', CATEGORIES],
  ['health', 'Health', HEALTHS],
];
const TEXTS: [FilterName, string][] = [
  ['job_type', 'Type'],
  ['tag', 'Tag'],
  ['triggered_by', 'Who'],
];

/** The filters are the page’s address, so a link shows the same list to whoever follows it. */
export function Filters({ filters }: { filters: Chosen }) {
  const { route } = useLocation();
  function submit(event: Event) {
    event.preventDefault();
    const given = new FormData((event.currentTarget ?? null) as HTMLFormElement);
    const next = FILTERS.map((name) => [name, String(given.get(name) ?? filters[name] ?? '').trim()]);
    route(addressOf(Object.fromEntries(next)));
  }
  return (
    <search>
      <form class="filters" onSubmit={submit} onChange={submit}>
        <label>
          Name or id
          <input id="search" name="q" type="search" value={filters.q ?? ''} placeholder="begins with…" />
        </label>
        {CHOICES.map(([name, label, choices]) => (
          <label key={name}>
            {label}
            <select name={name} value={filters[name] ?? ''}>
              <option value="">all</option>
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {choice.replaceAll('_', ' ')}
                </option>
              ))}
            </select>
          </label>
        ))}
        {TEXTS.map(([name, label]) => (
          <label key={name}>
            {label}
            <input name={name} value={filters[name] ?? ''} />
          </label>
        ))}
        {Object.keys(filters).length > 0 && <a href="/ui/">Clear</a>}
        <noscript>
          <button type="submit">Filter</button>
        </noscript>
      </form>
    </search>
  );
}
