import * as z from 'zod';
import type { Summary } from '../../domain/summary';
import { REVALIDATED, revisionTag, unlessHeld } from '../../http/conditional';
import { type Endpoint, tenantEndpoint } from '../../http/endpoint';
import { badge, progressBar } from '../../pictures/draw';
import { getJob } from '../../services/jobs';
import { jobHeaders } from '../answer-unit';

const SVG = 'image/svg+xml';

/** Of the drawing's own version: another one whenever the same job is drawn otherwise. */
const MARK = 'p1';

/** A picture opened by itself is a document: it may hold its own style and nothing else. */
const PICTURE_HEADERS = {
  'Content-Type': `${SVG}; charset=utf-8`,
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': REVALIDATED,
};

const HEADER_DOCS = {
  ETag: 'The revision, as it is drawn.',
  'Job-Status': 'The job’s status.',
  'Job-Revision': 'The job’s revision.',
};

const PICTURES: { file: string; id: string; summary: string; draw: (job: Summary) => string }[] = [
  {
    file: 'badge.svg',
    id: 'drawBadge',
    summary: 'A small picture of the job, 20 pixels high and as wide as its words',
    draw: badge,
  },
  {
    file: 'progress.svg',
    id: 'drawProgress',
    summary: 'A wide picture of the job, 20 pixels high',
    draw: progressBar,
  },
];

/** Pictures of a job, for a README, a chat or a mail. */
export const PICTURE_ROUTES: readonly Endpoint[] = PICTURES.map(({ file, draw, ...doc }) =>
  tenantEndpoint('job:read', {
    ...doc,
    method: 'GET',
    path: `/api/jobs/:job_id/${file}`,
    description:
      'Name, status, percentage and ETA, in light and dark, in one line of text for those that can’t see it.',
    token: { scope: 'picture', from: 'query' },
    conditional: true,
    replies: {
      200: { description: 'The picture.', schema: z.string(), contentType: SVG, headers: HEADER_DOCS },
      304: { description: 'The reader holds this picture already.', headers: HEADER_DOCS },
    },
    refusals: ['job_not_found', 'overloaded'],
    async handle({ params, ifNoneMatch }, caller) {
      const view = await getJob(caller, params.job_id ?? '', {});
      if (!view.ok) return { rejection: view.rejection };
      const { summary } = view.value;
      const ETag = revisionTag(`${file}-${MARK}`, summary.revision);
      const headers = { ...PICTURE_HEADERS, ETag, ...jobHeaders(view.value) };
      return unlessHeld({ status: 200, body: draw(summary), headers }, ifNoneMatch);
    },
  }),
);
