import * as z from 'zod';
import type { Rejection, RejectionCode } from '../../../domain/base/rejection';
import type { Summary } from '../../../domain/job/summary';
import { type Asked, type Endpoint, type Reply, tenantEndpoint } from '../../../http/endpoint';
import { badge, progressBar } from '../../../pictures/draw';
import { notAvailable } from '../../../pictures/not-available';
import { type JobText, NOT_MODIFIED, READ_HEADERS, replyWithJob } from '../../read-job';

const SVG = 'image/svg+xml';

/** A picture opened by itself is a document: it may hold its own style and nothing else. */
const PICTURE_HEADERS = {
  'Content-Type': `${SVG}; charset=utf-8`,
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

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
    mark: 'badge1',
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
export const PICTURE_ROUTES: readonly Endpoint[] = PICTURES.map(({ file, mark, draw, ...doc }) => {
  const picture: JobText = {
    mark,
    part: 'content',
    write: ({ summary }) => draw(summary, false),
    headers: PICTURE_HEADERS,
    overdue: { mark: `${mark}-overdue`, write: ({ summary }) => draw(summary, true) },
  };
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
