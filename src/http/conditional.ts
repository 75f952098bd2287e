import type { Reply, ReplyDoc } from './endpoint';

/** Conditional requests. Source: RFC 9110 §8.8.3, §13.1.2. */

/** How answers are kept that may change at any moment: only by the reader, and asked about before each use. */
export const REVALIDATED = 'private, no-cache';

/** What OpenAPI is told of answers under the digest of their body. */
export const DIGESTED = {
  ETag: 'A digest of the body.',
  'Cache-Control': 'The reader alone keeps it, and asks about it before each use.',
};
export const NOT_MODIFIED_DIGEST: ReplyDoc = {
  description: 'The reader holds this body already.',
  headers: DIGESTED,
};

/** One entity tag and what parts it from the next. Commas may stand inside the quotes. */
const TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\uffff]*")[ \t]*(?:,[ \t,]*|$)/y;
const encoder = new TextEncoder();

/**
 * The ETag of a body that follows from a job's revision alone. `mark` is the representation's own, so no two share a
 * tag. Strong: equal tags are equal bytes, so a representation whose bytes change for the same job takes a new mark.
 */
export function revisionTag(mark: string, revision: number): string {
  return `"${mark}-${revision}"`;
}

/** Whether `If-None-Match` says that the reader holds the body of `tag`. The comparison is the weak one. */
export function isHeld(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch === tag || ifNoneMatch.trim() === '*' || tagsIn(ifNoneMatch).includes(tag);
}

/** The newest revision under one of `marks` that `If-None-Match` shows; null where it shows none. */
export function revisionHeld(ifNoneMatch: string | null, ...marks: readonly string[]): number | null {
  if (ifNoneMatch === null) return null;
  let newest: number | null = null;
  for (const tag of tagsIn(ifNoneMatch)) {
    const mark = marks.find((one) => tag.startsWith(`"${one}-`));
    if (mark === undefined) continue;
    const digits = tag.slice(mark.length + 2, -1);
    if (/^[1-9]\d{0,15}$/.test(digits)) newest = Math.max(newest ?? 0, Number(digits));
  }
  return newest;
}

/** The reply, or a 304 with its headers where the reader holds its body already. */
export function unlessHeld(reply: Reply, ifNoneMatch: string | null): Reply {
  const tag = reply.headers?.ETag;
  if (reply.status !== 200 || tag === undefined || !isHeld(ifNoneMatch, tag)) return reply;
  return { ...reply, status: 304, body: null };
}

/** The reply under its own tag, else under the digest of its body; or a 304 where the reader holds it already. */
export async function underTag(reply: Reply, ifNoneMatch: string | null): Promise<Reply> {
  if (reply.status !== 200 || typeof reply.body !== 'string' || reply.headers?.ETag !== undefined) {
    return unlessHeld(reply, ifNoneMatch);
  }
  const ETag = await digestTag(reply.body);
  return unlessHeld(
    { ...reply, headers: { ...reply.headers, ETag, 'Cache-Control': REVALIDATED } },
    ifNoneMatch,
  );
}

/** The ETag of a body by its bytes alone. Strong: equal tags are equal bytes. */
export async function digestTag(body: string | ArrayBuffer): Promise<string> {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `"${digest.subarray(0, 15).toBase64({ alphabet: 'base64url' })}"`;
}

/** The opaque tags of a list of entity tags; none where it is malformed. */
function tagsIn(list: string): string[] {
  const tags: string[] = [];
  let at = /^[ \t,]*/.exec(list)?.[0].length ?? 0;
  while (at < list.length) {
    TAG.lastIndex = at;
    const tag = TAG.exec(list)?.[1];
    if (tag === undefined) return [];
    tags.push(tag);
    at = TAG.lastIndex;
  }
  return tags;
}
