import type { JobSummary } from '../../client/index.ts';
import { toneOf } from '../../domain/base/palette.ts';
import { STATUSES } from '../../domain/job/job.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { FILTER_OPTIONS, type FilterOptions, filterOf } from '../job-filter.ts';
import { OPEN } from '../open-statuses.ts';
import { wholeNumber } from '../option-values.ts';
import { print, printJson, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { ago, counted } from '../terminal/figures.ts';
import { clean } from '../terminal/fitted.ts';
import { paint } from '../terminal/look.ts';
import { type Column, table } from '../terminal/table.ts';
import { percentOf } from '../watch/shown.ts';

interface Options extends FilterOptions, Flags {
  status?: (JobSummary['status'] | 'open')[];
  since?: string;
  limit?: number;
  output?: 'json' | 'jsonl';
}

const LIMIT = 20;
const STATUS = 1;
const COLUMNS: Column[] = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'DONE', at: 'right' },
  { title: 'ITEMS', at: 'right' },
  { title: 'AGE', at: 'right' },
  { title: 'TYPE', gives: true },
  { title: 'NAME', gives: true },
];

export const JOBS = command<Options>({
  name: 'jobs',
  about: 'list jobs, the newest first',
  options: [
    {
      flags: '--status <status>',
      about: 'with this status; `open` is pending or in progress',
      many: true,
      choices: ['open', ...STATUSES],
    },
    ...FILTER_OPTIONS,
    { flags: '--since <time>', about: 'made since then, as RFC 3339 writes it' },
    { flags: '--limit <count>', about: 'at most so many: 20 by default, 0 for all', read: wholeNumber },
    { flags: '-o, --output <form>', about: 'as one JSON array, or a job a line', choices: ['json', 'jsonl'] },
  ],
  async act(_, { status, since, limit = LIMIT, output, ...rest }) {
    const headway = await connect(rest);
    const filter = {
      ...filterOf(rest),
      ...(status === undefined ? {} : { status: status.flatMap((one) => (one === 'open' ? OPEN : [one])) }),
      ...(since === undefined ? {} : { created_after: since }),
      ...(limit === 0 ? {} : { limit: Math.min(limit, 100) }),
    };
    const jobs: JobSummary[] = [];
    let count = 0;
    for await (const job of headway.list(filter)) {
      count += 1;
      if (output === 'jsonl') print(JSON.stringify(job));
      else jobs.push(job);
      if (count === limit) break;
    }
    if (output === 'json') printJson(jobs);
    else if (output === undefined) for (const line of tableOf(jobs)) print(line);
    return EXIT.ok;
  },
});

function tableOf(jobs: readonly JobSummary[]): string[] {
  const now = Date.now();
  const { look, width } = stdoutLook();
  const rows = jobs.map((job) => [
    job.job_id,
    `${job.status.replaceAll('_', ' ')}${job.health === 'ok' ? '' : ` (${job.health})`}`,
    percentOf(job),
    job.total_items > 0
      ? `${counted(job.processed_items)}/${counted(job.total_items)}`
      : counted(job.processed_items),
    ago(job.created_at, now),
    clean(job.job_type),
    clean(job.name),
  ]);
  const colour = (text: string, row: number, column: number) => {
    const job = jobs[row];
    return column === STATUS && job !== undefined ? paint(look, toneOf(job), text) : text;
  };
  return table(COLUMNS, rows, { look, width, colour });
}
