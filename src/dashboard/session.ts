import { computed, effect, signal } from '@preact/signals';
import { isAway } from '../client/headway-error.ts';
import { HeadwayError, type Schemas } from '../client/page.ts';
import { headway, openSession, token } from './service.ts';

export type Me = Schemas['Me'];
export type Permission = Me['permissions'][number];

/** Who is signed in: undefined until that is known, null where nobody is. */
export const me = signal<Me | null | undefined>(undefined);
/** Why the sign-in page is shown, in words for whoever was signed in. */
export const parting = signal<string | null>(null);
/** Whether the token that opened this page opens nothing any more. */
export const ended = signal(false);

const ENDED = 'You are signed out: the sign-in has ended, or its key was revoked.';
const REPLACED =
  'In another tab somebody has signed in for another organization. Load the page anew to see it.';

/** Whether a cookie can be kept for this address: on plain http, loopback alone can. */
export const canSignIn = location.protocol === 'https:' || isLoopback(location.hostname);

export const may = computed(() => new Set<Permission>(me.value?.permissions ?? []));

// What is asked from then on is of that organization, or of none.
effect(() => headway.belongTo(me.value?.organization_id ?? null));

/** Asks who is signed in; an answer that is none says nothing. */
export async function learnMe(): Promise<void> {
  try {
    me.value = await headway.ask<Me>('GET', '/api/me');
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    me.value = null;
  }
}

/** Exchanges a key for the cookie. The page forgets the key. */
export async function signIn(apiKey: string): Promise<void> {
  await enter({ apiKey });
}

/** The same by the code of the link that opened the page, which opens once; without one it learns who is signed in. */
export async function enterByLink(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  try {
    if (code === null) return;
    history.replaceState(null, '', location.pathname + location.search);
    await enter({ code });
  } finally {
    // Whom a code is refused may be signed in all the same.
    if (me.value === undefined) await learnMe();
  }
}

/** A key or code that is refused is no sign-in that has ended: it says so itself. */
async function enter(credential: Parameters<typeof openSession>[0]): Promise<void> {
  await openSession(credential).catch((error: unknown) => {
    throw new Error(wordsOf(error));
  });
  parting.value = null;
  await learnMe();
}

export async function signOut(): Promise<void> {
  await headway.sessions.signOut();
  me.value = null;
}

/** Whether a refusal says that nobody is signed in any more, or somebody else. */
function isSignedOut(error: unknown): boolean {
  return error instanceof HeadwayError && (error.status === 401 || isReplaced(error));
}

/** Whether another tab has signed in for another organization: the browser has one cookie for both. */
function isReplaced(error: unknown): boolean {
  return error instanceof HeadwayError && error.code === 'organization_mismatch';
}

/** Shows the sign-in page, or that a link has ended, after a refusal that means it; any other is left alone. */
export function noteRefusal(error: unknown): boolean {
  if (!isSignedOut(error)) return false;
  ended.value = token !== null;
  if (me.value) parting.value = isReplaced(error) ? REPLACED : ENDED;
  me.value = null;
  return true;
}

/** What went wrong, for whoever reads the page. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof HeadwayError)) return error instanceof Error ? error.message : String(error);
  // What answers in the place of a service has a page for its own reader.
  return error.refusal.detail ?? (isAway(error) ? 'The service can’t be reached.' : error.message);
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
