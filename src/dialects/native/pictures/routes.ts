import * as z from 'zod';
import { type Rejection, type RejectionCode, reject } from '../../../domain/base/rejection';
import { ok, type Result } from '../../../domain/base/result';
import type { Summary } from '../../../domain/job/summary';
import { REVALIDATED } from '../../../http/conditional';
import { type Asked, type Endpoint, type Reply, tenantEndpoint } from '../../../http/endpoint';
import { badge, progressBar } from '../../../pictures/draw';
import { notAvailable } from '../../../pictures/not-available';
import type { Caller } from '../../../services/access/caller';
import { type ListFilter, listJobs } from '../../../services/jobs/lists';
import { cursorScope } from '../../../services/page';
import { type JobText, NOT_MODIFIED, READ_HEADERS, replyWithJob } from '../../read-job';
import { filterFields, toListFilter } from '../jobs/list-filter';

const SVG = 'image/svg+xml';

/** A picture opened by itself is a document: it may hold its own style and nothing else. */
const PICTURE_HEADERS = {
  'Content-Type': `${SVG}; charset=utf-8`,
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

const BADGE = 'badge1';

/** `mark` is the drawing's version too: a new one whenever the same job is drawn otherwise. */
const PICTURES: {
  file: string;
  id: string;
  summary: string;
  mark: string;
  draw: (job: Summary, overdue: boolean) => string;
}[] = [
  {
    file: 'badge.svg',
    id: 'drawBadge',
    summary: 'A small picture of the job, 20 pixels high and as wide as its words',
    mark: BADGE,
    draw: badge,
  },
  {
    file: 'progress.svg',
    id: 'drawProgress',
    summary: 'A wide picture of the job, 20 pixels high',
    mark: 'progress1',
    draw: progressBar,
  },
];

/** Pictures of a job, for a README, a chat or a mail. */
const ofJob = PICTURES.map(({ file, mark, draw, ...doc }) => {
  const picture = pictureOf(mark, draw);
  return tenantEndpoint('job:read', {
    ...doc,
    method: 'GET',
    path: `/api/jobs/:job_id/${file}`,
    description:
      'Name, status, percentage and ETA (`overdue` once it has passed), in light and dark, in one line of text for those that can’t see it.',
    token: { scope: 'picture', from: 'query' },
    conditional: true,
    standIn: inPlaceOf,
    query: z.looseObject({}),
    replies: {
      200: { description: 'The picture.', schema: z.string(), contentType: SVG, headers: READ_HEADERS },
      304: NOT_MODIFIED,
    },
    refusals: ['job_not_found', 'overloaded'],
    handle: (call, caller) => replyWithJob(picture, call, caller, call.params.job_id ?? ''),
  });
});

/** The badge of a type's newest run: a page that shows it needs no edit a run. */
const ofType = tenantEndpoint('job:read', {
  id: 'drawTypeBadge',
  summary: 'The badge of the latest run of a type',
  method: 'GET',
  path: '/api/badges/:badge',
  description:
    'Of the newest job of the type that stands before `.svg`, and has the tag where one is named: its `badge.svg`. A filter token of scope `picture` opens it for the jobs that its filter lets through.',
  token: { scope: 'picture', from: 'query', lists: true },
  conditional: true,
  standIn: inPlaceOf,
  query: z.looseObject({ tag: filterFields.tag }),
  replies: {
    200: { description: 'The picture.', schema: z.string(), contentType: SVG, headers: READ_HEADERS },
    304: NOT_MODIFIED,
  },
  refusals: ['job_not_found', 'overloaded', 'unavailable'],
  async handle(call, caller) {
    const { query, ifNoneMatch, noCache, keepAlive, incoming } = call;
    const asked = { query: {}, ifNoneMatch, noCache, keepAlive, incoming };
    const job_type = call.params.badge?.replace(/\.svg$/, '');
    const filter = job_type ? toListFilter({ job_type, tag: query.tag }) : null;
    const newest = filter === null ? ok(null) : await newestJob(caller, filter);
    if (!newest.ok) return { rejection: newest.rejection };
    if (newest.value === null) return { rejection: reject('job_not_found', 'There is no job of this type.') };
    return replyWithJob(newestPicture(newest.value), asked, caller, newest.value);
  },
});

export const PICTURE_ROUTES: readonly Endpoint[] = [...ofJob, ofType];

function pictureOf(mark: string, draw: (typeof PICTURES)[number]['draw']): JobText {
  return {
    mark,
    part: 'content',
    write: ({ summary }) => draw(summary, false),
    headers: PICTURE_HEADERS,
    overdue: { mark: `${mark}-overdue`, write: ({ summary }) => draw(summary, true) },
  };
}

/** Its id; null where none matches, or none among as many rows as a page of a list reads. */
async function newestJob(caller: Caller, filter: ListFilter): Promise<Result<string | null>> {
  const scope = cursorScope(caller.principal.organization, 'badge');
  const page = await listJobs(caller, filter, { scope, position: null, limit: 1 });
  return page.ok ? ok(page.value.items[0]?.job_id ?? null) : page;
}

/** The next run may begin at any time, and have the same revision: its picture is another, and no settled one is kept. */
function newestPicture(jobId: string): JobText {
  const picture = pictureOf(`${BADGE}-${jobId}`, badge);
  return { ...picture, headers: { ...picture.headers, 'Cache-Control': REVALIDATED } };
}

/** Refusals that tell a page with a picture in it of nothing that its reader could do. */
const GONE = new Set<RejectionCode>([
  'unauthenticated',
  'permission_denied',
  'job_not_found',
  'organization_mismatch',
  'organization_suspended',
]);

/** A page shows a picture that says so where there is none; who asks for no picture in particular is told why. */
function inPlaceOf({ code }: Rejection, { headers }: Asked): Reply | null {
  const showsPictures = /\bimage\//i.test(headers.get('Accept') ?? '') && !headers.has('Authorization');
  if (!showsPictures || !GONE.has(code)) return null;
  return { status: 200, body: notAvailable(), headers: { ...PICTURE_HEADERS, 'Cache-Control': 'no-store' } };
}
