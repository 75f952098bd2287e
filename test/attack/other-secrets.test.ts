/** Ids of credentials are shown to many: with another secret, however well it is written, an id opens nothing. */
import { expect, it } from 'vitest';
import { makeClient, send } from '../support/client';
import { withOtherSecret } from '../support/other-secret';
import { signIn } from '../support/sign-in';
import { makeFilterToken } from '../support/tokens';
import { expectRefusal } from './refusal';

it('a key, a sign-in, a code and a token of a filter', async () => {
  const client = await makeClient();
  const [name = '', session = ''] = (await signIn(client)).cookie.split('=');
  const { code } = (await client.send('POST', '/api/session/codes')).json;
  const { token } = await makeFilterToken(client, { job_type: 'import' });
  const asks: [string, (text: string) => ReturnType<typeof send>][] = [
    [client.key, (text) => send(text, 'GET', '/api/jobs')],
    [session, (text) => send(null, 'GET', '/api/jobs', { headers: { Cookie: `${name}=${text}` } })],
    [token, (text) => send(text, 'GET', '/api/jobs')],
    [code, (text) => send(null, 'POST', '/api/session/code', { body: { code: text } })],
  ];
  for (const [text, ask] of asks) {
    expectRefusal(await ask(withOtherSecret(text)), 401, 'unauthenticated');
    expect((await ask(text)).status, text.slice(0, 4)).toBeLessThan(300);
  }
});
