/** A partner of the table at a hook of its own scheme. */
import { type Client, send } from '../../support/client';
import { type Headers, type HookUnderTest, makeHook } from '../senders';
import type { Partner } from './partner';

export const JSON_TYPE = { 'Content-Type': 'application/json' };
export const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
export const ORIGIN = 'https://headway.test';

/** What `partner` sends with `raw` to a hook, beside the type of its body. */
export function signed(partner: Partner, { path }: HookUnderTest, raw: string, now = Date.now()): Headers {
  return partner.sign({ raw, url: ORIGIN + path, now, secret: partner.secret });
}

export function post(path: string, raw: BodyInit, headers: Headers) {
  return send(null, 'POST', path, { raw, headers });
}

/** A hook of `scheme` whose jobs are named by what the pointer `name` finds. */
export async function hookFor(own: Client, scheme: string, name: string, secret: string) {
  const mapping = { action: 'create', from: { name }, set: { job_type: 'import', total_items: 1 } };
  return makeHook(own, { scheme, secret }, mapping);
}
