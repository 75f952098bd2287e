import * as z from 'zod';
import { PERMISSIONS } from '../../../domain/access/permission';
import { reject } from '../../../domain/base/rejection';
import { type Call, type Endpoint, jsonReply, openEndpoint, tenantEndpoint } from '../../../http/endpoint';
import { isFromElsewhere } from '../../../http/page-origin';
import { cursorParam, limitParam } from '../../../http/params';
import { ownCookie } from '../../../http/presented-credential';
import * as sessions from '../../../services/access/sessions';
import { toTime, toTimeOrNull } from '../../times';

/** Signing in with a key, for a browser: the cookie stands for the key and never for more. Source: behaviour §4. */

const LIMIT = 100;
const time = z.iso.datetime();

const me = z
  .object({
    principal: z.object({ type: z.enum(['key', 'member']), id: z.string() }),
    organization_id: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    job_types: z.array(z.string()).nullable().meta({ description: 'The types of its jobs; null for all.' }),
    signed_in_by: z
      .enum(['key', 'session', 'provider'])
      .meta({ description: 'A bearer key, a sign-in of this service, or one of the provider’s.' }),
    expires_at: time.nullable().meta({ description: 'When that ends; null where it has no end.' }),
  })
  .meta({ id: 'Me' });

const session = z
  .object({
    session_id: z.string(),
    key_id: z.string().meta({ description: 'The key that it was signed in with.' }),
    created_at: time,
    expires_at: time,
    current: z.boolean().meta({ description: 'Whether the request came by it.' }),
  })
  .meta({ id: 'Session' });
const sessionList = z
  .object({ sessions: z.array(session), next_cursor: z.string().nullable() })
  .meta({ id: 'SessionList' });

const SET_COOKIE = { 'Set-Cookie': 'The cookie: HttpOnly, SameSite=Lax, Secure but on plain-http loopback.' };

const signIn = tenantEndpoint('any', {
  method: 'POST',
  path: '/api/session',
  id: 'signIn',
  summary: 'Sign in with a key',
  description:
    'The key comes as a bearer. The cookie that is set opens what the key opens, for 8 hours at most, and is gone with the key, and with its secret once that is rotated out.',
  replies: { 201: { description: 'Signed in.', schema: session, headers: SET_COOKIE } },
  refusals: ['quota_exceeded', 'unavailable'],
  audit: { action: 'session.create', target: 'session' },
  async handle(call, caller) {
    const { credential } = call;
    if (credential?.by !== 'bearer')
      return {
        rejection: reject('permission_denied', 'To sign in takes a key: Authorization: Bearer hw_… is one.'),
      };
    const signed = await sessions.signIn(caller, credential.text, call.trace);
    if (!signed.ok) return { rejection: signed.rejection };
    return signedIn(call, signed.value);
  },
});

const makeCode = tenantEndpoint('any', {
  method: 'POST',
  path: '/api/session/codes',
  id: 'createSignInCode',
  summary: 'Make a code that signs a browser in',
  description:
    'The key comes as a bearer. The code signs in once, within ten minutes, as the key itself would: for a link that whoever holds the key gives to a browser. The dashboard takes it behind the `#`, where no server sees it.',
  replies: {
    201: {
      description: 'The code, and the link to the dashboard that holds it.',
      schema: z.object({ code: z.string(), url: z.string(), expires_at: time }).meta({ id: 'SignInCode' }),
    },
  },
  refusals: ['quota_exceeded', 'unavailable'],
  async handle({ credential, origin }, caller) {
    if (credential?.by !== 'bearer') {
      const detail = 'To make a code takes a key: Authorization: Bearer hw_… is one.';
      return { rejection: reject('permission_denied', detail) };
    }
    const made = await sessions.makeSignInCode(caller, credential.text);
    if (!made.ok) return { rejection: made.rejection };
    const { text, expires_at } = made.value;
    return jsonReply(201, { code: text, url: `${origin}/ui/#code=${text}`, expires_at: toTime(expires_at) });
  },
});

const signInByCode = openEndpoint('open', {
  method: 'POST',
  path: '/api/session/code',
  id: 'signInByCode',
  summary: 'Sign in with a code',
  description:
    'The code opens once. The cookie that is set is that of signing in with the code’s key. Not from a page of another origin.',
  body: { schema: z.strictObject({ code: z.string().min(1).max(200) }), maxBytes: 1_024 },
  replies: { 201: { description: 'Signed in.', schema: session, headers: SET_COOKIE } },
  refusals: [
    ...(['unauthenticated', 'origin_not_allowed', 'organization_suspended'] as const),
    ...(['quota_exceeded', 'unavailable'] as const),
  ],
  async handle(call) {
    const { env, config, body, incoming, trace } = call;
    if (isFromElsewhere({ url: incoming.url, headers: incoming.headers, config })) {
      return { rejection: reject('origin_not_allowed', 'A page of another origin signs nobody in here.') };
    }
    const signed = await sessions.signInByCode(env, config, body.code, trace);
    if (!signed.ok) return { rejection: signed.rejection };
    return signedIn(call, signed.value);
  },
});

const signOut = tenantEndpoint('any', {
  method: 'DELETE',
  path: '/api/session',
  id: 'signOut',
  summary: 'Sign out',
  description: 'Ends the sign-in whose cookie comes with the request, everywhere within 30 seconds.',
  replies: { 204: { description: 'Signed out; the cookie is deleted.', headers: SET_COOKIE } },
  refusals: ['unavailable'],
  audit: { action: 'session.end', target: 'session' },
  async handle(call, caller) {
    const { session_id } = caller.principal;
    if (session_id === undefined || call.credential === null)
      return { rejection: reject('permission_denied', 'No sign-in of this service came with this request.') };
    const ended = await sessions.signOut(caller, session_id, call.credential.text, call.trace);
    if (!ended.ok) return { rejection: ended.rejection };
    return { status: 204, body: null, headers: setCookie(call, '', 0) };
  },
});

const whoAmI = tenantEndpoint('any', {
  method: 'GET',
  path: '/api/me',
  id: 'getMe',
  summary: 'Who the request comes from, and what they may do',
  description: 'Who the credential stands for, what it may do, and until when.',
  replies: { 200: { description: 'The caller.', schema: me } },
  async handle({ credential }, { principal }) {
    const { actor, organization, permissions, job_types = null, until = null } = principal;
    const by = credential?.by;
    return jsonReply(200, {
      principal: { type: actor.kind, id: actor.id },
      organization_id: organization,
      permissions,
      job_types,
      signed_in_by: by === 'bearer' ? 'key' : by === 'own' ? 'session' : 'provider',
      // A JWT may end at a fraction of a millisecond.
      expires_at: toTimeOrNull(until && Math.trunc(until)),
    });
  },
});

const list = tenantEndpoint('any', {
  method: 'GET',
  path: '/api/sessions',
  id: 'listSessions',
  summary: 'List the sign-ins by keys',
  description:
    'Those that stand, oldest first: all of the organization for key:manage, else those of the own key.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: () => sessions.SESSIONS,
  replies: { 200: { description: 'A page of sign-ins, without their secrets.', schema: sessionList } },
  refusals: ['unavailable'],
  async handle({ query: { limit = LIMIT }, position }, caller) {
    const page = await sessions.listSessions(caller, { position, limit });
    if (!page.ok) return { rejection: page.rejection };
    const { items, next_cursor } = page.value;
    const { session_id } = caller.principal;
    const shown = items.map((one) => ({ ...toSession(one), current: one.session_id === session_id }));
    return jsonReply(200, { sessions: shown, next_cursor });
  },
});

const end = tenantEndpoint('any', {
  method: 'DELETE',
  path: '/api/sessions/:session_id',
  id: 'endSession',
  summary: 'End a sign-in',
  description:
    'Effective everywhere within 30 seconds. Without key:manage those of the own key alone are there.',
  replies: { 204: { description: 'It is ended.' } },
  refusals: ['not_found', 'unavailable'],
  audit: { action: 'session.end', target: 'session', named: 'session_id' },
  async handle({ params, trace }, caller) {
    const ended = await sessions.endSession(caller, params.session_id ?? '', trace);
    return ended.ok ? { status: 204, body: null } : { rejection: ended.rejection };
  },
});

export const SESSION_ROUTES: readonly Endpoint[] = [signIn, makeCode, signOut, whoAmI, list, end];
/** Its code is its credential, so it is open to everyone. */
export const SIGN_IN_ROUTES: readonly Endpoint[] = [signInByCode];

function signedIn(
  call: Pick<Call<unknown, unknown>, 'incoming' | 'config'>,
  { text, ...opened }: sessions.Session & { text: string },
) {
  const seconds = Math.floor((opened.expires_at - Date.now()) / 1_000);
  return jsonReply(201, { ...toSession(opened), current: true }, setCookie(call, text, seconds));
}

/** Lax, so that a link in a mail finds its reader signed in. Source: RFC 6265bis, 4.1.2.7. */
function setCookie(
  { incoming, config }: Pick<Call<unknown, unknown>, 'incoming' | 'config'>,
  text: string,
  seconds: number,
): Record<string, string> {
  const { name, secure } = ownCookie({ url: incoming.url, headers: incoming.headers, config });
  const attributes = [
    'Path=/',
    `Max-Age=${seconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
  ];
  return { 'Set-Cookie': [`${name}=${text}`, ...attributes].join('; ') };
}

function toSession({ created_at, expires_at, ...rest }: sessions.Session) {
  return { ...rest, created_at: toTime(created_at), expires_at: toTime(expires_at) };
}
