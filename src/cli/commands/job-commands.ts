import { HeadwayError } from '../../client/index.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { note } from '../note.ts';
import { print } from '../output.ts';
import type { Flags } from '../settings.ts';

/** Refusals that are about the job: there is none, or it has ended. */
const OF_ONE = [404, 409];

export const CANCEL = command<Flags & { reason?: string }>({
  name: 'cancel',
  args: '<id...>',
  about: 'cancel jobs',
  options: [{ flags: '--reason <text>', about: 'why' }],
  async act(ids, { reason, ...flags }) {
    const headway = await connect(flags);
    let code: number = EXIT.ok;
    for (const id of ids) {
      try {
        const { status } = await headway.cancel(id, reason === undefined ? {} : { reason });
        print(`${id}  ${status.replaceAll('_', ' ')}`);
      } catch (error) {
        // What is wrong with one is nothing to the others.
        if (!(error instanceof HeadwayError) || !OF_ONE.includes(error.status)) throw error;
        note(`${id}: ${error.message}`);
        code = EXIT.failed;
      }
    }
    return code;
  },
});

export const RERUN = command<Flags & { failed?: boolean }>({
  name: 'rerun',
  args: '<id>',
  about: 'run a job that has ended again, as a new one; prints its id',
  options: [{ flags: '--failed', about: 'its failed items alone' }],
  async act([id = ''], { failed, ...flags }) {
    const headway = await connect(flags);
    const { job_id } = await headway.rerun(id, failed ? { items: 'failed' } : {});
    print(job_id);
    return EXIT.ok;
  },
});
