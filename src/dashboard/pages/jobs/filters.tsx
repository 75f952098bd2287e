import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { addressOf, type Filters as Chosen, FILTERS, type FilterName } from '../../live/job-filter.ts';
import { instantOf, localOf } from '../../parts/local-time.ts';
import { useField } from '../../parts/use-field.ts';

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

const CHOICES: Partial<Record<FilterName, readonly string[]>> = {
  status: STATUSES,
  category: CATEGORIES,
  health: HEALTHS,
};
const LABELS: Record<FilterName, string> = {
  ...{ q: 'Name or id', status: 'Status', job_type: 'Type', tag: 'Tag', category: 'Category' },
  ...{
    health: 'Health',
    triggered_by: 'Who',
    created_after: 'Created from',
    created_before: 'Created before',
  },
};
/** Those that are always shown, beside the search. */
const FIRST: FilterName[] = ['status', 'job_type', 'tag'];
const MORE: FilterName[] = ['category', 'health', 'triggered_by', 'created_after', 'created_before'];
const TIMES: FilterName[] = ['created_after', 'created_before'];

/** The filters are the page’s address, so a link shows the same list to whoever follows it. */
export function Filters({ filters }: { filters: Chosen }) {
  const { route } = useLocation();
  const search = useField(filters.q ?? '');
  function submit(event: Event) {
    event.preventDefault();
    const given = new FormData((event.currentTarget ?? null) as HTMLFormElement);
    const next = FILTERS.map((name) => {
      const text = String(given.get(name) ?? filters[name] ?? '').trim();
      return [name, TIMES.includes(name) ? instantOf(text, filters[name]) : text];
    });
    const address = addressOf(Object.fromEntries(next));
    if (address !== addressOf(filters)) route(address);
  }
  const field = (name: FilterName) => <Field key={name} name={name} value={filters[name]} />;
  // Once opened, they are closed by hand alone.
  const isOpen = useRef(false);
  isOpen.current ||= MORE.some((name) => filters[name] !== undefined);
  return (
    <search>
      <form class="filters" noValidate onSubmit={submit} onChange={submit}>
        <label>
          {LABELS.q}
          <input ref={search} id="search" name="q" type="search" placeholder="begins with…" />
        </label>
        {FIRST.map(field)}
        {Object.keys(filters).length > 0 && <a href="/ui/">Clear</a>}
        <details open={isOpen.current}>
          <summary>More filters</summary>
          <div class="filters">{MORE.map(field)}</div>
        </details>
      </form>
    </search>
  );
}

function Field({ name, value = '' }: { name: FilterName; value: string | undefined }) {
  const [label, choices, isTime] = [LABELS[name], CHOICES[name], TIMES.includes(name)];
  const field = useField(isTime ? localOf(value) : value);
  if (choices === undefined)
    return (
      <label>
        {label}
        <input ref={field} name={name} {...(isTime ? { type: 'datetime-local' } : {})} />
      </label>
    );
  return (
    <label>
      {label}
      <select name={name} value={value}>
        <option value="">all</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
}
