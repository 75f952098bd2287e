/** The service that all tests of the client share: one process, which one of them kills and starts again. */
import { after } from 'node:test';
import { Live } from '../dev/live.ts';

export const live = await Live.start(undefined, {
  permissions: ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'],
});
after(() => live.stop());
