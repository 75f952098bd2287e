import { command } from '../command.ts';
import { Complaint } from '../complaint.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { FILTER_OPTIONS, type FilterOptions, filterOf } from '../job-filter.ts';
import { duration } from '../option-values.ts';
import { print } from '../output.ts';
import type { Flags } from '../settings.ts';
import { lookOf } from '../terminal/look.ts';
import { choose } from '../watch/choose.ts';
import { JsonScreen, LineScreen, LiveScreen, type Screen } from '../watch/screen.ts';
import { watch } from '../watch/watch.ts';

interface Options extends FilterOptions, Flags {
  output?: 'jsonl';
  exitStatus?: boolean;
  failFast?: boolean;
  timeout?: number;
}

export const WATCH = command<Options>({
  name: 'watch',
  args: '[id...]',
  about: 'watch jobs until they have ended, as live bars',
  options: [
    ...FILTER_OPTIONS,
    { flags: '--exit-status', about: 'say in the exit code how they have ended' },
    { flags: '--timeout <time>', about: 'watch no longer than this', read: duration },
    { flags: '--fail-fast', about: 'end with the first that fails or is cancelled' },
    { flags: '-o, --output <form>', about: 'each state as a line of JSON', choices: ['jsonl'] },
  ],
  more: `Jobs are named by their ids; one that is not there yet is waited for. With a filter those that are open are watched, and those
that come meanwhile, until none is open. With neither it is the job in \`HEADWAY_JOB_ID\`; without that it asks which, and
where there is no terminal to ask in ends with 2.

In a terminal each job has a bar with its rate and the time that is left, and below it its stage and last words; where the jobs don't fit
so, they have a line each. A time after \`~\` is what would be left if it took as long as half of its type. The terminal's own bar (OSC 9;4) shows all of them together. Elsewhere a line is written when something has changed,
at most one a second while a job's stage stays, and one last line for each job. A service that restarts is waited for, and a line says so.

| exit code | |
| --- | --- |
| 0 | all have ended, or with \`--fail-fast\` one badly; with \`--exit-status\`: well, warnings included |
| 1 | it was refused, or a job was deleted; with \`--exit-status\` also: one has failed |
| 3 | with \`--exit-status\`: one was cancelled, and none has failed or ended with failed items |
| 4 | with \`--exit-status\`: one has ended with failed items, and none failed |
| 2 | the command line has no meaning |
| 124 | \`--timeout\` was over |
| 130 | Ctrl-C; the jobs go on |

\`NO_COLOR\` is obeyed.`,
  async act(ids, { output, exitStatus = false, failFast = false, timeout = null, ...rest }) {
    const headway = await connect(rest);
    const filter = ids.length > 0 ? null : filterOf(rest);
    const { HEADWAY_JOB_ID } = process.env;
    let named = ids;
    if (ids.length === 0 && filter === null) {
      if (HEADWAY_JOB_ID) named = [HEADWAY_JOB_ID];
      else if (process.stdin.isTTY && process.stdout.isTTY) named = await choose(headway);
      else throw new Complaint('name a job, or say which by --type, --tag or --name', EXIT.usage);
    }
    return untilInterrupted((signal) =>
      watch(headway, {
        ids: [...new Set(named)],
        ...{ filter, exitStatus, failFast, timeoutMs: timeout },
        screen: screenOf(output),
        signal,
      }),
    );
  },
});

function screenOf(output: 'jsonl' | undefined): Screen {
  if (output === 'jsonl') return new JsonScreen(print);
  const { stdout } = process;
  return stdout.isTTY && process.env.TERM !== 'dumb'
    ? new LiveScreen(stdout, lookOf(process.env, true), process.env)
    : new LineScreen(print);
}
