import * as z from 'zod';
import { type ClientEnd, clientSocket } from '../../../http/client-socket';
import { comeAgain } from '../../../http/come-again';
import { type Endpoint, type Reply, tenantEndpoint } from '../../../http/endpoint';
import { EVENT_STREAM_HEADERS, eventStream, type Frame, STREAMED } from '../../../http/event-stream';
import type { Caller } from '../../../services/access/caller';
import { hold } from '../../../services/access/held';
import { follow, type WatchEnding } from '../../../services/watching/follow';
import { openWatch, placeOf, type Watch } from '../../../services/watching/watch';
import { progress } from '../reports/routes';
import { FRAMES, SocketReports } from '../reports/socket-reports';
import { toFrames } from './frames';

const resumeQuery = z.looseObject({
  after: z.string().optional().meta({ description: 'The revision to go on from.' }),
});

const stream = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/stream',
  id: 'streamJob',
  summary: 'Watch Job as server-sent events',
  description: `\`snapshot\` comes first: \`{revision, job}\`, the job as GET answers it. Then \`update\`:
\`{revision, job, entries}\`, with every entry appended since the frame before and the job as it is now: without
\`errors\` and \`warnings\`, which follow from the entries, and with \`metadata\` and \`result\` where they are news
(\`stage\` and \`last_message\` of the job stand in its metadata too). A long catch-up is several updates, the last with
\`job\`. An entry is \`{revision, k, kind, at, data}\`, ordered by revision and \`k\`: \`kind\` is \`log\` (data
\`{level, message}\`), \`error\` or \`warning\` (data as in the job's lists) or \`event\` (data \`{type, message, status, …}\`).
The id of a frame is the revision that everything has been told through. With it as \`Last-Event-ID\`, or else as
\`after\`, the stream goes on without a snapshot; where what lies between is gone, \`resync\` and a snapshot come first.
\`end\` comes when the job is settled, and the stream closes.`,
  query: resumeQuery,
  resumable: true,
  standIn: comeAgain,
  token: { scope: 'read', from: 'query' },
  replies: {
    200: STREAMED,
    204: {
      description:
        'The job is settled and its reader has all of it: don’t come back. Where it named its place in the query alone, this is a 200 of another type than a stream’s.',
    },
  },
  refusals: ['job_not_found', 'quota_exceeded', 'overloaded', 'unavailable'],
  async handle({ params, query, lastEventId, incoming }, caller) {
    const place = placeOf(lastEventId ?? query.after ?? null);
    const watch = await openWatch(caller, params.job_id ?? '', 'all', place);
    if (!watch.ok) return { rejection: watch.rejection };
    const { value } = watch;
    if (value === null) return farewell(incoming.headers.has('Last-Event-ID') || lastEventId === null);
    const held = hold(caller, 'streams');
    if (!held.ok) {
      value.close();
      return { rejection: held.rejection };
    }
    const body = eventStream(framesOf(caller, value), () => {
      held.value();
      value.close();
    });
    return { status: 200, body, headers: EVENT_STREAM_HEADERS };
  },
});

const socket = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/socket',
  id: 'watchJob',
  summary: 'Watch Job and report over a WebSocket',
  description: `The frames of the stream as JSON messages: \`{type, …}\` with \`type\` \`snapshot\`, \`update\`, \`resync\` or
\`end\`, and the fields of its data. \`{"type": "ping"}\` is answered \`{"type": "pong"}\`; the service sends its own ping
when it has been quiet, and needs no answer. With each 256 KiB that it sends it also sends
\`{"type": "ping", "revision", "mark"}\`: answer \`{"type": "pong", "mark"}\`. A client that was sent 1 MiB since its last
message of any kind, or 8 MiB since the last mark that it gave back, is closed with 1013. A bad message is answered \`{"type": "error", "code", "detail", "errors"?}\`, and
the socket lives. It is closed with 1000 when the job is settled, 4401 when the credential is gone, 4403 when the organization is suspended, and 1013 when the job
can’t be reached or its client does not read: come back with the last revision as \`after\`.

With \`job:create\`, or a token of scope \`report\`, it takes reports: \`{"id", "key"?, "report"}\`, or \`{"id", "key"?, "reports"}\` for a
batch. \`id\` is an integer or a text of at most 255 characters that the answer names the frame by, \`key\` an
\`Idempotency-Key\`; a report is at most 256 KiB, a frame 1 MiB. Frames are applied in the order they are sent, and up to
${FRAMES.toLocaleString('en-US')} may be unanswered at a time. Once they are durable they are answered, those of one commit in one message:
\`{"type": "acks", "acks": [{id, applied, applied_revision, reason?, last_sequence?, verdicts?, stale?, replayed?}], "control": {…}}\`, with
\`verdicts\` for a batch, and \`stale\` where so many of its reports came below their reporter’s last sequence: they are skipped
here, since after a break what was under way comes again. A refused one is \`{id, "error": {code, detail, errors?}}\`, as the routes of reports would refuse it;
\`control\` is absent where the job was not asked. Closed with 1013, send again, over another socket or those routes, from
the first frame on that was not answered or was refused with \`rate_limited\`, \`overloaded\`, \`unavailable\` or \`internal\`: a key or a
sequence makes that safe. A key is compared by the report as a JSON value, so the same POSTed is the same body.`,
  query: resumeQuery,
  upgrades: true,
  token: { scope: 'read', from: 'query' },
  replies: { 101: { description: 'The socket.' } },
  refusals: ['job_not_found', 'quota_exceeded', 'overloaded', 'unavailable'],
  async handle({ params, query }, caller) {
    const place = placeOf(query.after ?? null);
    const watch = await openWatch(caller, params.job_id ?? '', 'all', place);
    if (!watch.ok) return { rejection: watch.rejection };
    const { value } = watch;
    const held = hold(caller, 'streams');
    if (!held.ok) {
      value?.close();
      return { rejection: held.rejection };
    }
    const deliveries = value === null ? endOnly(Number(place)) : framesOf(caller, value);
    const meet = (client: ClientEnd) => new SocketReports(caller, progress, params.job_id ?? '', client);
    const webSocket = clientSocket(deliveries, meet, () => {
      held.value();
      value?.close();
    });
    return { status: 101, body: null, webSocket };
  },
});

export const WATCH_ROUTES: readonly Endpoint[] = [stream, socket];

/**
 * Sends an EventSource away for good (HTML, 9.2.3): by 204, or, since a polyfill fails on an answer without a body and
 * comes back for ever, by one that is no event stream.
 */
function farewell(byHeader: boolean): Reply {
  if (byHeader) return { status: 204, body: null };
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
  return { status: 200, body: 'The job is settled: there is nothing more to tell.\n', headers };
}

/** All there is for a watcher that has all of a settled job. */
async function* endOnly(revision: number): AsyncGenerator<readonly Frame[], WatchEnding> {
  yield toFrames({ type: 'end', revision });
  return 'ended';
}

async function* framesOf(caller: Caller, watch: Watch): AsyncGenerator<readonly Frame[] | null, WatchEnding> {
  const told = follow(caller, watch);
  for (;;) {
    const { done, value } = await told.next();
    if (done) return value;
    yield value === null ? null : toFrames(value);
  }
}
