import { command } from '../command.ts';
import { duration, wholeNumber } from '../option-values.ts';
import { run } from '../run/run.ts';
import type { JobOptions } from '../run/run-job.ts';
import { LinePattern } from '../said/line-pattern.ts';

interface Options extends Omit<JobOptions, 'tags'> {
  tag?: string[];
  parse?: LinePattern;
  guess: boolean;
  grace?: number;
}

/** What was asked to end is killed after so long (ms). */
const GRACE = 10_000;

export const RUN = command<Options>({
  name: 'run',
  args: '<command...>',
  about: 'run a command and report on it: its progress, its end, its last lines where it fails',
  passesOn: true,
  options: [
    { flags: '--type <type>', about: 'the type of the job: `command` by default' },
    { flags: '--name <name>', about: 'its name: the program and its script by default' },
    { flags: '--total <items>', about: 'how many items there are', read: wholeNumber },
    { flags: '--stage <stage>', about: 'the stage that it begins with' },
    { flags: '--tag <tag>', about: 'a tag of the job', many: true },
    { flags: '--job <id>', about: 'report on this job in place of a new one' },
    {
      flags: '--parse <pattern>',
      about: 'read progress from lines like this: `step {processed} of {total}: {message}`',
      read: (text) => new LinePattern(text),
    },
    { flags: '--no-guess', about: 'take no line that was written for people for a count' },
    {
      flags: '--grace <time>',
      about: 'kill what was asked to end after so long: 10s by default',
      read: duration,
    },
    {
      flags: '--patience <time>',
      about: 'how long its end waits for a service that is away: 10s by default',
      read: duration,
    },
  ],
  more: `The command runs as if nothing stood before it: its exit code is that of \`run\` (128 + n by signal n, 127 where there is no such
program, 126 where it can't be started), stdout and stderr go through byte for byte and stay apart, and it may read the terminal. It is told of
its job by \`HEADWAY_JOB_ID\` and \`HEADWAY_REPORT_URL\` ([a line of text](line.md) to it reports): for these it waits a second at most, and begins
without them where the service is away. By a token for one job (\`hwt_…\`) it reports on the job in its own \`HEADWAY_JOB_ID\`, as with \`--job\`. Trouble with the service is a line on stderr, and nothing else.

| it writes, on either output | read as |
| --- | --- |
| \`::progress 50/200 uploading\`, \`::progress 45%\`, \`::progress 50\` | progress and message |
| \`::stage indexing\` | the stage |
| \`ESC ] 9 ; 4 ; 1 ; 45 BEL\`, as cargo and others tell a terminal | 45% |
| a line that fits \`--parse\`: \`{processed}\`, \`{total}\`, \`{percent}\`, \`{stage}\`, \`{message}\`, \`{}\` for anything | what stands in the holes |
| \`25%\`, \`50/200\`, bars of tqdm, pip, curl, rsync, wget and others | a count, unless a count of the above has come; with \`--parse\` or \`--no-guess\` none |

- **Per cents** are of the job's total; where it has none that becomes 100.
- **Cancelled** in the service, it is sent TERM with all that it has started, and KILL after \`--grace\`.
- **Ctrl-C** ends it as ever, and cancels its job where the key may (\`job:cancel\`); else that has failed. A program that ends well all the same
has completed it. INT, TERM and HUP are forwarded once.
- Where **nobody reads** its output any more it goes on; where that can't be written, on a full disk say, it is told as by a broken pipe, and
the exit code is no 0.
- **Failed**, its job has its exit code and its last lines as the reason.
- Values of secrets in its environment (\`…_TOKEN\`, \`…_PASSWORD\`, passwords in addresses, \`HEADWAY_REPORT_URL\` and so on), and the key
it is reported by, are \`***\` in all that is sent: as they are, in addresses, JSON and base64, and as a shell shows them.`,
  async act(args, { tag, parse = null, guess, grace = GRACE, ...job }) {
    const [file = '', ...rest] = args;
    return run({
      command: [file, ...rest],
      graceMs: grace,
      ...{ pattern: parse, guess },
      job: { ...job, tags: tag },
    });
  },
});
