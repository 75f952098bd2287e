/** A second reader of the feed, beside the page: when the index had each step of progress, and when the feed's stream told it. */
import { Headway } from '../../src/client/index.ts';
import type { Target } from '../load.ts';
import type { Changes } from './changes.ts';
import { clock } from './clock.ts';

export class FeedEar {
  readonly #end = new AbortController();

  constructor({ url, headers }: Target, changes: () => Changes) {
    const apiKey = headers.Authorization?.split(' ')[1];
    const client = new Headway({ url, apiKey });
    void this.#listen(client, changes);
  }

  leave(): void {
    this.#end.abort();
  }

  async #listen(client: Headway, changes: () => Changes): Promise<void> {
    const stream = client.events({ after: 'now', types: ['job.progressed'], signal: this.#end.signal });
    try {
      for await (const { job_id, at, data } of stream) {
        const { progress_percentage, stage } = data as { progress_percentage: number; stage: string | null };
        const state = `in progress | ${Math.floor(progress_percentage * 10) / 10} % | ${stage ?? ''}`;
        if (job_id !== null) changes().passed(job_id, state, Date.parse(at), clock());
      }
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }
}
