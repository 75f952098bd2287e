import { ok, type Result } from '../../domain/base/result';
import type { MadeByKey } from '../../objects/org/contract';
import type { Seeker } from '../access/caller';
import { deleteHook } from '../hooks/hooks';
import { deleteWebhook } from '../webhooks/webhooks';
import { type KeyManager, revokeKey } from './keys';

/** Revokes and deletes what a key made. Where that is refused midway, a repeat finishes it. */
export async function takeAlong(manager: KeyManager, made: MadeByKey): Promise<Result<null>> {
  const { env, config, organization, trace } = manager;
  const seeker: Seeker = { env, config, principal: { organization } };
  const done: Result<unknown>[] = await Promise.all([
    ...made.keys.map((id) => revokeKey(manager, id)),
    ...made.webhooks.map((id) => deleteWebhook(seeker, id, trace)),
    ...made.hooks.map((id) => deleteHook(seeker, id, trace)),
  ]);
  // What is gone already is what was asked for.
  const broken = done.find((one) => !one.ok && one.rejection.code !== 'not_found');
  return broken?.ok === false ? broken : ok(null);
}
