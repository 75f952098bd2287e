import * as z from 'zod';
import { findExit } from '../../domain/line/exit-line';
import type { Unit } from '../../domain/line/said';
import { BODY_LIMIT, type Call, type Endpoint, type Reply, tenantEndpoint } from '../../http/endpoint';
import { refuseEncoding } from '../../http/parse-body';
import type { Refused } from '../../http/problem';
import { readBody, tooLarge } from '../../http/read-body';
import { boundaryOf, readText } from '../../http/read-text';
import type { Caller } from '../../services/access/caller';
import { END_LIMIT } from '../report-limits';
import { act } from './act';
import { confirmPage, isNavigation } from './confirm-page';
import { TEXT } from './line-answer';
import { reportRunning } from './report-running';
import { type Beside, done, error, exit, fail, orExit, say, start, type Verb, warn } from './verbs';

/** The one-line worker: a shell script that reports on its job by the token in the path, in plain text. */

interface LineVerb {
  id: string;
  path: string;
  summary: string;
  description: string;
  verb: Verb;
  /** Its text may be that of a program that runs, reported while it comes. */
  runs?: boolean;
  takesRest?: boolean;
}

const VERBS: readonly LineVerb[] = [
  {
    id: 'line',
    path: '/r/:token',
    summary: 'Report in a line of text',
    description:
      '`50/200 uploading` sets processed, total and message; `50`, `50/200`, `45%`, the bars of common programs and any other text, a message, will do too. What says something starts a pending job; an empty text is a sign of life. A body without a length (`curl -T -`) is reported while it comes, once a second at most, and its last line `::exit N` ends the job.',
    verb: say,
    runs: true,
  },
  {
    id: 'lineStart',
    path: '/r/:token/start',
    summary: 'The job has started',
    description: 'Text is read as in a report.',
    verb: start,
    runs: true,
  },
  {
    id: 'lineDone',
    path: '/r/:token/done',
    summary: 'The job is done',
    description: 'Text is read as in a report, of any size. Again, it changes nothing.',
    verb: done,
  },
  {
    id: 'lineFail',
    path: '/r/:token/fail',
    summary: 'The job has failed',
    description:
      'The text says why; of one of any size head and tail are kept. Again with the same text, it changes nothing.',
    verb: fail,
  },
  {
    id: 'lineExit',
    path: '/r/:token/exit/:code',
    summary: 'The job has ended with this exit code',
    description:
      '0 and `success` are done, any other code or word has failed with `exit code N` or `signal TERM` and the text. Again, it changes nothing.',
    verb: exit,
    takesRest: true,
  },
  {
    id: 'lineExitUnknown',
    path: '/r/:token/exit',
    summary: 'The job has ended, and nobody knows how',
    description: 'It has failed with `no exit code` and the text.',
    verb: exit,
  },
  {
    id: 'lineWarn',
    path: '/r/:token/warn',
    summary: 'Record a warning',
    description: 'The text is a warning of type `line` about the job, which goes on.',
    verb: warn,
  },
  {
    id: 'lineError',
    path: '/r/:token/error',
    summary: 'Record an error',
    description: 'The text is an error of type `line` about the job, which goes on.',
    verb: error,
  },
];

const REPLIES = {
  200: {
    description: 'Where the job is, and what was read: `in_progress 25% (50 of 200)`.',
    schema: z.string(),
    contentType: TEXT,
    headers: { 'Job-Status': 'The job’s status.', 'Job-Revision': 'The job’s revision.' },
  },
};

/** Nothing in a query keeps a text from being taken. */
const BESIDE = {
  unit: z
    .string()
    .optional()
    .meta({ description: 'With `percent` a number alone is per cent of the total.' }),
  warn: z.string().optional().meta({ description: 'Exit codes that are a success with a warning: `3,4`.' }),
};
const textQuery = z.looseObject(BESIDE);
const getQuery = z.looseObject({ ...BESIDE, text: z.string().optional().meta({ description: 'The text.' }) });

/** Where a text may be a program's whole output, it may be what can't be read. */
const BODY_REFUSALS = ['request_timeout', 'body_too_large', 'unsupported_media_type'] as const;

type TextCall = Call<z.output<typeof textQuery>, unknown>;

export const LINE_ROUTES: readonly Endpoint[] = VERBS.flatMap(({ id, verb, runs = false, ...doc }) => {
  const shared = {
    ...doc,
    token: { scope: 'report', from: 'path' } as const,
    replies: REPLIES,
    refusals: ['job_not_found', 'job_terminal', 'overloaded'] as const,
  };
  const [post, put] = (['POST', 'PUT'] as const).map((method) =>
    tenantEndpoint('job:create', {
      ...shared,
      id: method === 'POST' ? id : `${id}ByPut`,
      method,
      refusals: [...shared.refusals, ...(runs ? BODY_REFUSALS : [])],
      readsText: true,
      query: textQuery,
      handle: (call, caller) => take(call, caller, verb, runs),
    }),
  );
  const get = tenantEndpoint('job:create', {
    ...shared,
    id: `${id}ByGet`,
    method: 'GET',
    description: `For tokens made with \`allow_get\` alone; a browser that follows a link is shown a page that asks first; HEAD does nothing. ${doc.description}`,
    noHead: true,
    query: getQuery,
    async handle(call, caller) {
      const { text = '' } = call.query;
      if (isNavigation(call.incoming.headers)) return confirmPage(doc.summary, text);
      const read = runs ? orExit(verb) : verb;
      return act(caller, read(text, besideOf(call, caller)));
    },
  });
  return [post, put, get] as Endpoint[];
});

async function take(call: TextCall, caller: Caller, verb: Verb, runs: boolean): Promise<Reply | Refused> {
  const { incoming } = call;
  const { organization } = caller.principal;
  const beside = besideOf(call, caller);
  if (!runs) {
    const text = await readText(incoming, organization);
    return typeof text === 'string' ? act(caller, verb(text, beside)) : { rejection: text };
  }
  const { headers, method } = incoming;
  const encoded = refuseEncoding(headers);
  if (encoded !== null) return { rejection: encoded };
  const goesOn = method === 'PUT' || !headers.has('Content-Length');
  if (goesOn && boundaryOf(headers.get('Content-Type')) === null) {
    const reported = reportRunning(caller, incoming, verb, beside);
    // Whoever sent it may be gone before the last of it is reported.
    call.keepAlive(reported);
    return reported;
  }
  const raw = await readBody(incoming, END_LIMIT, organization, call);
  if ('code' in raw) return { rejection: raw };
  const text = await readText(
    new Request(incoming.url, { method: 'POST', headers, body: raw }),
    organization,
  );
  if (typeof text !== 'string') return { rejection: text };
  if (raw.byteLength > BODY_LIMIT && findExit(text) === null) return { rejection: tooLarge(BODY_LIMIT) };
  return act(caller, orExit(verb)(text, beside));
}

function besideOf({ params, query }: Pick<TextCall, 'params' | 'query'>, caller: Caller): Beside {
  const unit: Unit = query.unit === 'percent' ? 'percent' : 'items';
  return {
    jobId: caller.token?.job_id ?? '',
    code: (params.code ?? '').replace(/(?<!\/)\/+$/, ''),
    unit,
    warn: query.warn ?? '',
  };
}
