import type { Schemas } from '../../../client/page.ts';
import { parseWithDigits, Tree } from '../../parts/tree.tsx';
import { headway } from '../../service.ts';

/** What a delivery would do: in a sentence, and whole. */
export function Trial({ trial }: { trial: Schemas['HookTrial'] }) {
  return (
    <div role="status">
      <p>{effectOf(trial)}</p>
      {trial.sender !== null && (
        <p class="faint">
          {trial.sender === 'proven'
            ? 'Its headers prove its sender.'
            : `Its headers don’t prove its sender: ${trial.sender}. Sent like this it would be refused.`}
        </p>
      )}
      <Tree value={trial.body} name="body" open />
      <Tree value={trial} name="all of it" />
    </div>
  );
}

/** What a hook would make of a delivery, numbers with the digits they came with. `text` is JSON, sent as it stands. */
export async function tryHook(path: string, text: string): Promise<Schemas['HookTrial']> {
  const answer = await headway.text({ method: 'POST', path: `/api/hooks${path}`, text });
  return parseWithDigits(answer) as Schemas['HookTrial'];
}

function effectOf({ action, ignored, handshake, job_id }: Schemas['HookTrial']): string {
  if (handshake) return 'It is its sender’s question, and would be answered.';
  if (ignored) return 'It would pass without effect.';
  return action === 'create' ? 'It would make this job:' : `It would report this on job ${job_id}:`;
}
