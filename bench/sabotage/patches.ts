import { ACCESS_PATCHES } from './access-patches.ts';
import { AUDIT_PATCHES } from './audit-patches.ts';
import { DOOR_PATCHES } from './door-patches.ts';
import { FEED_PATCHES } from './feed-patches.ts';
import { JOB_PATCHES } from './job-patches.ts';
import { LIMIT_PATCHES } from './limit-patches.ts';
import { LINE_PATCHES } from './line-patches.ts';
import { OPERATOR_PATCHES } from './operator-patches.ts';
import type { Patch } from './patch.ts';
import { PUBLISHING_PATCHES } from './publishing-patches.ts';
import { SOCKET_PATCHES } from './socket-patches.ts';
import { WEBHOOK_PATCHES } from './webhook-patches.ts';

/** Every fault that a suite must notice. */
export const PATCHES: readonly Patch[] = [
  ...PUBLISHING_PATCHES,
  ...JOB_PATCHES,
  ...DOOR_PATCHES,
  ...ACCESS_PATCHES,
  ...FEED_PATCHES,
  ...WEBHOOK_PATCHES,
  ...SOCKET_PATCHES,
  ...LINE_PATCHES,
  ...OPERATOR_PATCHES,
  ...AUDIT_PATCHES,
  ...LIMIT_PATCHES,
];
