import type { NewJob } from '../../client/index.ts';
import { CATEGORIES } from '../../domain/job/job.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { jsonObject, seconds, wholeNumber } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import type { Flags } from '../settings.ts';

interface Options extends Flags {
  type: string;
  total?: number;
  name?: string;
  tag?: string[];
  category?: string;
  metadata?: Record<string, unknown>;
  heartbeatTimeout?: number;
  timeout?: number;
  output?: 'json';
}

export const CREATE = command<Options>({
  name: 'create',
  about: 'create a job, and print its id',
  options: [
    { flags: '--type <type>', about: 'its type', required: true },
    { flags: '--total <items>', about: 'how many items there are', read: wholeNumber },
    { flags: '--name <name>', about: 'its name' },
    { flags: '--tag <tag>', about: 'a tag', many: true },
    { flags: '--category <category>', about: 'its category', choices: CATEGORIES },
    { flags: '--metadata <json>', about: 'an object of JSON', read: jsonObject },
    {
      flags: '--heartbeat-timeout <time>',
      about: 'stalled when its worker is silent for so long',
      read: seconds,
    },
    { flags: '--timeout <time>', about: 'failed when it is not done by then', read: seconds },
    { flags: '-o, --output <form>', about: 'the whole job', choices: ['json'] },
  ],
  async act(
    _,
    { type, total = 0, name, tag, category, metadata, heartbeatTimeout, timeout, output, ...flags },
  ) {
    const headway = await connect(flags);
    const job = await headway.enqueue({
      ...{ job_type: type, total_items: total },
      ...(name === undefined ? {} : { name }),
      ...(tag === undefined ? {} : { tags: tag }),
      ...(category === undefined ? {} : { category: category as NonNullable<NewJob['category']> }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(heartbeatTimeout === undefined ? {} : { heartbeat_timeout_seconds: heartbeatTimeout }),
      ...(timeout === undefined ? {} : { timeout_seconds: timeout }),
    });
    if (output === 'json') printJson(job);
    else print(job.job_id);
    return EXIT.ok;
  },
});
