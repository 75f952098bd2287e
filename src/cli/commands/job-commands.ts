import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { print } from '../output.ts';
import type { Flags } from '../settings.ts';

export const CANCEL = command<Flags & { reason?: string }>({
  name: 'cancel',
  args: '<id...>',
  about: 'cancel jobs',
  options: [{ flags: '--reason <text>', about: 'why' }],
  async act(ids, { reason, ...flags }) {
    const headway = await connect(flags);
    for (const id of ids) {
      const { status } = await headway.cancel(id, reason === undefined ? {} : { reason });
      print(`${id}  ${status.replaceAll('_', ' ')}`);
    }
    return EXIT.ok;
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
