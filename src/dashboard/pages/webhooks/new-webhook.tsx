import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { Copy } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

type New = Schemas['CreateWebhook'];
const EVENTS = [
  'job.created',
  'job.started',
  'job.stage_changed',
  'job.progressed',
  'job.stalled',
  'job.recovered',
  'job.cancelled',
  'job.completed',
  'job.failed',
];
const FORMATS = ['standard', 'slack', 'discord', 'teams', 'ntfy'];

/** Makes an endpoint, and shows its secret the one time that it is shown. */
export function NewWebhook({ close }: { close: () => void }) {
  const secret = useSignal<string | null>(null);
  const { busy, error, run } = useTask();
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const types = given.getAll('event').map(String);
    const fields = {
      url: String(given.get('url')),
      format: String(given.get('format')),
      ...(types.length > 0 ? { event_types: types } : {}),
    } as New;
    await run(async () => {
      secret.value = (await headway.webhooks.create(fields)).secret;
    });
  }
  if (secret.value !== null)
    return (
      <Dialog title="The endpoint’s secret" close={close}>
        <p>It signs every delivery, and is shown this one time.</p>
        <Copy text={secret.value} />
        <p class="buttons">
          <button type="button" class="primary" onClick={close}>
            I have it
          </button>
        </p>
      </Dialog>
    );
  return (
    <Dialog title="New endpoint" close={close}>
      <form onSubmit={submit} class="stack">
        <label>
          URL
          <input name="url" type="url" required placeholder="https://example.com/headway" />
        </label>
        <label>
          Format
          <select name="format">
            {FORMATS.map((format) => (
              <option key={format}>{format}</option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend>Events (all where none is chosen)</legend>
          {EVENTS.map((name) => (
            <label key={name} class="choice">
              <input type="checkbox" name="event" value={name} /> {name}
            </label>
          ))}
        </fieldset>
        <Failure error={error.value} />
        <p class="buttons">
          <button type="button" onClick={close}>
            Don’t
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            Make it
          </button>
        </p>
      </form>
    </Dialog>
  );
}
