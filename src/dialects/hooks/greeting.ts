import { type Greeting, type Handshake, isChallenge, permission } from '../../domain/hook/handshake';
import type { SenderPreset } from '../../domain/hook/presets';
import { jsonReply, type Reply } from '../../http/endpoint';
import type { OpenHook } from '../../services/hooks/arrivals';
import { sameSecret, sha256 } from '../../services/ids/secrets';

/** What is echoed came from outside: no browser takes it for anything but text. */
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' };

/** The answer to a handshake that came as a delivery. */
export async function answerGreeting(greeting: Greeting, { sign }: OpenHook): Promise<Reply> {
  if (greeting.as === 'nothing') return { status: 204, body: null };
  if (greeting.as === 'pong') return jsonReply(200, { type: 1 });
  const { as, challenge } = greeting;
  if (as === 'text') return { status: 200, body: challenge, headers: PLAIN };
  if (as === 'json') return jsonReply(200, challenge);
  if (as === 'validation') return jsonReply(200, { validationResponse: challenge });
  return jsonReply(200, { plainToken: challenge, encryptedToken: await sign(challenge) });
}

/** Whether a visit that is answered is proven its sender's: by the token that Meta's shows, or where the URL is the proof. */
export function isProvenByVisit({ handshake, proof }: SenderPreset): boolean {
  return handshake?.kind === 'meta' || proof.by === 'url';
}

/** The answer to a GET, HEAD or OPTIONS of a hook's URL, where its sender greets so; null where it does not. */
export async function answerVisit(
  handshake: Handshake | undefined,
  { method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
): Promise<Reply | null> {
  if (method === 'OPTIONS') {
    const allowed = handshake?.kind === 'event_grid' ? permission((name) => headers.get(name)) : null;
    return allowed && { status: 200, body: null, headers: { Allow: 'POST', ...allowed } };
  }
  if (handshake?.kind === 'trello') return { status: 200, body: '', headers: PLAIN };
  if (handshake?.kind !== 'meta') return null;
  const query = new URL(url).searchParams;
  const challenge = query.get('hub.challenge');
  const token = await sha256(query.get('hub.verify_token') ?? '');
  const isAsked = query.get('hub.mode') === 'subscribe' && isChallenge(challenge);
  if (!isAsked || !(await sameSecret(token, handshake.verify_token))) return null;
  return { status: 200, body: challenge, headers: PLAIN };
}
