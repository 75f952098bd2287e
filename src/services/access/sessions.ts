import type { Config, Env } from '../../config';
import type { Session } from '../../domain/access/session';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result, refuse } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { mintCredential, readCredential } from '../ids/credential-text';
import { sealCursor } from '../ids/cursor';
import { sha256 } from '../ids/secrets';
import { isSignedId } from '../ids/signed-id';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { forget, unauthenticated } from './authenticate';
import { type Caller, ownKeyAlone } from './caller';

export type { Session };

/** What the cursors of the list of sign-ins belong to. */
export const SESSIONS = 'sessions';

/** Signs in by the key that was shown. The text is in this answer alone: only its digest is stored. */
export async function signIn(
  { env, config, principal }: Caller,
  apiKey: string,
  trace: AuditTrace,
): Promise<Result<Session & { text: string }>> {
  const { organization, actor } = principal;
  const { id: session_id, text } = await mintCredential(config, 'session', organization);
  const [digest, key_digest] = await Promise.all([sha256(text), sha256(apiKey)]);
  const session = { session_id, digest, key_id: actor.id, key_digest };
  const opened = await askNewer(() => orgObject(env, organization).openSession(session, trace), false);
  if (!opened.ok) return opened;
  if (opened.value === null) return { ok: false, rejection: unauthenticated() };
  return 'code' in opened.value ? { ok: false, rejection: opened.value } : ok({ ...opened.value, text });
}

/** A code that signs in once, by the key that was shown. Its text is in this answer alone. */
export async function makeSignInCode(
  { env, config, principal: { organization, actor } }: Caller,
  apiKey: string,
): Promise<Result<{ text: string; expires_at: number }>> {
  const { id: code_id, text } = await mintCredential(config, 'sign-in-code', organization);
  const [digest, key_digest] = await Promise.all([sha256(text), sha256(apiKey)]);
  const code = { code_id, digest, key_id: actor.id, key_digest };
  const made = await askNewer(() => orgObject(env, organization).makeSignInCode(code), false);
  if (!made.ok) return made;
  if (made.value === null) return { ok: false, rejection: unauthenticated() };
  if (typeof made.value !== 'number') return { ok: false, rejection: made.value };
  return ok({ text, expires_at: made.value });
}

/** Signs in by a code. The text is in this answer alone: only its digest is stored. */
export async function signInByCode(
  env: Env,
  config: Config,
  codeText: string,
  trace: AuditTrace,
): Promise<Result<Session & { text: string }>> {
  const code = await readCredential(config, 'sign-in-code', codeText);
  if (code === null) return noSuchCode();
  const { id: session_id, text } = await mintCredential(config, 'session', code.organization);
  const [codeDigest, digest] = await Promise.all([sha256(codeText), sha256(text)]);
  const opened = await askNewer(
    () =>
      orgObject(env, code.organization).openSessionByCode(
        { code_id: code.id, digest: codeDigest },
        { session_id, digest },
        trace,
      ),
    false,
  );
  if (!opened.ok) return opened;
  if (opened.value === null) return noSuchCode();
  return 'code' in opened.value ? { ok: false, rejection: opened.value } : ok({ ...opened.value, text });
}

/** The sign-ins that stand, oldest first: of the organization for one who manages its keys, else of the own key. */
export async function listSessions(
  caller: Caller,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<Session>>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const after = position as Pick<Session, 'created_at' | 'session_id'> | null;
  const found = await askNewer(
    () => orgObject(env, organization).sessionPage(after, limit + 1, ownKeyAlone(principal)),
    true,
  );
  if (!found.ok) return found;
  const scope = cursorScope(organization, SESSIONS);
  const sealAt = ({ created_at, session_id }: Session) =>
    sealCursor(config, scope, { created_at, session_id });
  return ok(await toPage(found.value, limit, sealAt));
}

/** Ends a sign-in that the caller may see: everywhere within 30 seconds. */
export async function endSession(
  caller: Caller,
  sessionId: string,
  trace: AuditTrace,
): Promise<Result<null>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  if (!(await isSignedId(config, 'session', organization, sessionId))) return noSuchSession();
  const ended = await askNewer(
    () => orgObject(env, organization).endSession(sessionId, ownKeyAlone(principal), trace),
    true,
  );
  if (!ended.ok) return ended;
  return ended.value ? ok(null) : noSuchSession();
}

/** Ends the sign-in that the caller came by, whose cookie held `text`: here at once. */
export async function signOut(
  { env, principal: { organization } }: Caller,
  sessionId: string,
  text: string,
  trace: AuditTrace,
): Promise<Result<null>> {
  const ended = await askNewer(() => orgObject(env, organization).endSession(sessionId, null, trace), true);
  forget('session', text);
  return ended.ok ? ok(null) : ended;
}

function noSuchCode() {
  return refuse(
    'unauthenticated',
    'That code signs nobody in: it was used, is older than ten minutes, or its key is gone.',
  );
}

function noSuchSession() {
  return refuse('not_found', 'There is no such session.');
}
