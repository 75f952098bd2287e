import type { Attack } from './attack.ts';
import { BODIES } from './attacks/bodies.ts';
import { FEED } from './attacks/feed.ts';
import { HOSTILE_TEXTS } from './attacks/hostile-texts.ts';
import { LARGE_JOBS } from './attacks/large-jobs.ts';
import { LIMITS } from './attacks/limits.ts';
import { LOGS } from './attacks/logs.ts';
import { METADATA } from './attacks/metadata.ts';
import { ODD_REQUESTS } from './attacks/odd-requests.ts';
import { QUERIES } from './attacks/queries.ts';
import { UNREAD } from './attacks/unread.ts';
import { WATCHERS } from './attacks/watchers.ts';

/** All attacks, in the order in which they come. */
export const ATTACKS: readonly Attack[] = [
  ...[
    METADATA,
    QUERIES,
    LOGS,
    LARGE_JOBS,
    FEED,
    UNREAD,
    BODIES,
    ODD_REQUESTS,
    WATCHERS,
    HOSTILE_TEXTS,
    LIMITS,
  ].flat(),
];
