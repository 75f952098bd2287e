import { ACCESS_PATCHES } from './access-patches.ts';
import { AUDIT_PATCHES } from './audit-patches.ts';
import { BULK_PATCHES } from './bulk-patches.ts';
import { CLIENT_PATCHES } from './client-patches.ts';
import { COUNT_PATCHES } from './counts-patches.ts';
import { DOOR_PATCHES } from './door-patches.ts';
import { END_PATCHES } from './end-patches.ts';
import { FAMILY_PATCHES } from './family-patches.ts';
import { FEED_PATCHES } from './feed-patches.ts';
import { HOOK_PATCHES } from './hook-patches.ts';
import { JOB_PATCHES } from './job-patches.ts';
import { LIMIT_PATCHES } from './limit-patches.ts';
import { LINE_PATCHES } from './line-patches.ts';
import { LIST_PATCHES } from './list-patches.ts';
import { OPERATOR_PATCHES } from './operator-patches.ts';
import type { Patch } from './patch.ts';
import { PUBLISHING_PATCHES } from './publishing-patches.ts';
import { PYTHON_PATCHES } from './python-patches.ts';
import { SIGN_IN_PATCHES } from './sign-in-patches.ts';
import { SOCKET_PATCHES } from './socket-patches.ts';
import { WEBHOOK_PATCHES } from './webhook-patches.ts';

/** Every fault that a suite must notice. */
export const PATCHES: readonly Patch[] = [
  ...PUBLISHING_PATCHES,
  ...JOB_PATCHES,
  ...DOOR_PATCHES,
  ...END_PATCHES,
  ...HOOK_PATCHES,
  ...ACCESS_PATCHES,
  ...FEED_PATCHES,
  ...WEBHOOK_PATCHES,
  ...SOCKET_PATCHES,
  ...LINE_PATCHES,
  ...OPERATOR_PATCHES,
  ...AUDIT_PATCHES,
  ...LIMIT_PATCHES,
  ...BULK_PATCHES,
  ...COUNT_PATCHES,
  ...FAMILY_PATCHES,
  ...LIST_PATCHES,
  ...SIGN_IN_PATCHES,
  ...CLIENT_PATCHES,
  ...PYTHON_PATCHES,
];
