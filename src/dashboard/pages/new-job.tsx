import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import type { NewJob as Fields } from '../../client/page.ts';
import { Copy } from '../parts/copy.tsx';
import { Failure } from '../parts/notice.tsx';
import { useTask } from '../parts/use-task.ts';
import { useTitle } from '../parts/use-title.ts';
import { headway } from '../service.ts';

/** A job for trying out, and the line of a shell that makes the same. */
export function NewJob() {
  useTitle('New job');
  const fields = useSignal<Fields>({ job_type: 'import', total_items: 100 });
  const { busy, error, run } = useTask();
  const { route } = useLocation();
  function read(event: Event) {
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const tags = text('tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean);
    fields.value = {
      job_type: text('job_type'),
      total_items: Number(text('total_items')),
      ...(text('name') === '' ? {} : { name: text('name') }),
      ...(tags.length === 0 ? {} : { tags }),
    };
  }
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    read(event);
    await run(async () => route(`/ui/jobs/${(await headway.enqueue(fields.value)).job_id}`));
  }
  return (
    <main class="narrow">
      <h1>New job</h1>
      <form class="stack" onInput={read} onSubmit={submit}>
        <label>
          Type
          <input name="job_type" required defaultValue="import" maxLength={100} />
        </label>
        <label>
          Items in all (0 where nobody knows)
          <input name="total_items" type="number" min={0} required defaultValue="100" />
        </label>
        <label>
          Name
          <input name="name" maxLength={200} />
        </label>
        <label>
          Tags, between commas
          <input name="tags" />
        </label>
        <Failure error={error.value} />
        <button type="submit" class="primary" disabled={busy.value}>
          Make it
        </button>
      </form>
      <h2>The same from a shell</h2>
      <Copy text={curlOf(fields.value)} />
    </main>
  );
}

function curlOf(fields: Fields): string {
  const body = JSON.stringify(fields).replaceAll("'", "'\\''");
  return `curl ${location.origin}/api/jobs -H "Authorization: Bearer $HEADWAY_API_KEY" -H 'Content-Type: application/json' -d '${body}'`;
}
