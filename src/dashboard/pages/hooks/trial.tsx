import type { Schemas } from '../../../client/page.ts';
import { Tree } from '../../parts/tree.tsx';

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

function effectOf({ action, ignored, handshake, job_id }: Schemas['HookTrial']): string {
  if (handshake) return 'It is its sender’s question, and would be answered.';
  if (ignored) return 'It would pass without effect.';
  return action === 'create' ? 'It would make this job:' : `It would report this on job ${job_id}:`;
}
