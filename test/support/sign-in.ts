import { type Answer, type Client, send } from './client';

/** A browser that has signed in: its cookie is all that it sends. */
export class SignedIn {
  readonly cookie: string;
  readonly session: { session_id: string; key_id: string; expires_at: string };

  constructor(answer: Answer) {
    this.cookie = (answer.headers.get('Set-Cookie') ?? '').split(';', 1)[0] ?? '';
    this.session = answer.json;
  }

  send(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(null, method, path, { body, headers: { Cookie: this.cookie } });
  }
}

export async function signIn(key: Client): Promise<SignedIn> {
  const answer = await key.send('POST', '/api/session');
  if (answer.status !== 201) throw new Error(answer.text);
  return new SignedIn(answer);
}
