/** The service that all tests of the client share: one process, which one of them kills and starts again. */
import { after } from 'node:test';
import { ALLOW_PRIVATE } from '../../dev/service/workerd-config.ts';
import { Live } from '../dev/live.ts';

export const live = await Live.start(undefined, {
  permissions: ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage', 'audit:read'],
  // Receivers of webhooks are on this machine.
  variables: { [ALLOW_PRIVATE]: '1' },
});
after(() => live.stop());
