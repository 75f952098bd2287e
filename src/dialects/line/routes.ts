import * as z from 'zod';
import type { Json } from '../../domain/base/json';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { Report } from '../../domain/job/command';
import { BODY_LIMIT, type Endpoint, type Reply, tenantEndpoint } from '../../http/endpoint';
import { type ErrorShape, PROBLEMS, type Refused } from '../../http/problem';
import type { Caller } from '../../services/access/caller';
import { heartbeat, reportProgress } from '../../services/jobs/jobs';
import { answerUnit } from '../answer-unit';
import { readLine, statusLine } from './line';

/** The one-line worker: a shell script that reports on its job by the token in the path, in plain text. */

const TEXT = 'text/plain; charset=utf-8';

/** A refusal in one line, with the status that it has elsewhere. */
export const LINE_ERRORS: ErrorShape = {
  contentType: TEXT,
  write({ rejection: { code, detail } }) {
    const sentence = code === 'unauthenticated' ? 'The address holds no valid token.' : detail;
    return `${(sentence || PROBLEMS[code].title).replaceAll(/\s+/g, ' ')}\n`;
  },
};

/** What the worker's text makes of the report, by the path it came on; null for a sign of life alone. */
type Verb = (text: string, params: Record<string, string>) => Report | null | Rejection;

const say: Verb = (text) => (text.trim() === '' ? null : start(text, {}));

const start: Verb = (text) => {
  const said = readLine(text);
  return 'code' in said ? said : { ...said, mark_started: true };
};

const done: Verb = (text) => {
  const said = readLine(text);
  return 'code' in said ? said : { ...said, mark_completed: true };
};

const fail: Verb = (text) => ({ mark_failed: text.trim() || 'failed' });

const exit: Verb = (text, { code = '' }) => {
  if (!/^-?\d{1,10}$/.test(code)) {
    return reject('validation_failed', 'An exit code is an integer: /exit/0 is done, any other has failed.');
  }
  if (Number(code) === 0) return done(text, {});
  const why = `exit code ${Number(code)}`;
  return { mark_failed: text.trim() === '' ? why : `${why}: ${text.trim()}` };
};

const VERBS: { id: string; path: string; summary: string; description: string; verb: Verb }[] = [
  {
    id: 'line',
    path: '/r/:token',
    summary: 'Report in a line of text',
    description:
      '`50/200 uploading` sets processed, total and message; `50`, `50/200` and any other text, a message, will do too. What says something starts a pending job; an empty text is a sign of life.',
    verb: say,
  },
  {
    id: 'lineStart',
    path: '/r/:token/start',
    summary: 'The job has started',
    description: 'Text is read as in a report.',
    verb: start,
  },
  {
    id: 'lineDone',
    path: '/r/:token/done',
    summary: 'The job is done',
    description: 'Text is read as in a report. Again, it changes nothing.',
    verb: done,
  },
  {
    id: 'lineFail',
    path: '/r/:token/fail',
    summary: 'The job has failed',
    description: 'The text says why. Again with the same text, it changes nothing.',
    verb: fail,
  },
  {
    id: 'lineExit',
    path: '/r/:token/exit/:code',
    summary: 'The job has ended with this exit code',
    description:
      '0 is done, any other has failed with `exit code N` and the text. Again, it changes nothing.',
    verb: exit,
  },
];

const REPLIES = {
  200: {
    description: 'Where the job is: `in_progress 25%`.',
    schema: z.string(),
    contentType: TEXT,
    headers: { 'Job-Status': 'The job’s status.', 'Job-Revision': 'The job’s revision.' },
  },
};

export const LINE_ROUTES: readonly Endpoint[] = VERBS.flatMap(({ id, verb, ...doc }) => {
  const shared = {
    ...doc,
    token: { scope: 'report', from: 'path' } as const,
    replies: REPLIES,
    refusals: ['job_not_found', 'job_terminal', 'overloaded'] as const,
  };
  const post = tenantEndpoint('job:create', {
    ...shared,
    id,
    method: 'POST',
    body: { schema: z.string(), text: true, optional: true, maxBytes: BODY_LIMIT },
    handle: ({ body, params }, caller) => act(caller, verb(body, params)),
  });
  const get = tenantEndpoint('job:create', {
    ...shared,
    id: `${id}ByGet`,
    method: 'GET',
    description: `For tokens made with \`allow_get\` alone; HEAD does nothing. ${doc.description}`,
    noHead: true,
    query: z.strictObject({ text: z.string().optional().meta({ description: 'The text.' }) }),
    handle: ({ query, params }, caller) => act(caller, verb(query.text ?? '', params)),
  });
  return [post, get];
});

async function act(caller: Caller, report: Report | null | Rejection): Promise<Reply | Refused> {
  if (report !== null && 'code' in report) return { rejection: report };
  const jobId = caller.token?.job_id ?? '';
  const applied =
    report === null
      ? await heartbeat(caller, jobId)
      : await reportProgress(caller, jobId, { report, raw: report as Json }, null, {});
  return answerUnit(applied, ({ view }, headers) => {
    return { status: 200, body: statusLine(view.summary), headers: { ...headers, 'Content-Type': TEXT } };
  });
}
