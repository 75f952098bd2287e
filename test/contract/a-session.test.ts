/** Contract A's other credential: the printed blocks with a cookie and `X-Organization-ID` in place of a key. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ALLOW_PRIVATE } from '../../dev/service/workerd-config.ts';
import { bundleFor, startService } from '../../dev/service.ts';
import { issued } from './client.ts';
import { runCurlBeside } from './curl.ts';
import { leaksIn } from './issued.ts';
import { Operator } from './operator.ts';
import { fieldsOfA, fill, published } from './published.ts';
import { SessionProvider } from './session-provider.ts';
import { assertFields } from './shape.ts';

const FIELDS = fieldsOfA('a/create.response.txt');
const EXTERNAL = 'organization-test-contract';

const folder = mkdtempSync(join(tmpdir(), 'headway-session-'));
const provider = await SessionProvider.start();
const adminToken = randomBytes(32).toString('hex');
const bundleDir = await bundleFor(join(folder, 'bundle'));
const service = await startService({
  dataDir: join(folder, 'data'),
  bundleDir,
  output: openSync(join(folder, 'service.log'), 'a'),
  bindings: {
    LOG_SAMPLE: '1',
    ROOT_SECRET: randomBytes(32).toString('hex'),
    ADMIN_TOKEN: adminToken,
    [ALLOW_PRIVATE]: '1',
    ...provider.variables,
  },
});
after(async () => {
  await service.stop();
  provider.stop();
  assert.deepEqual(await leaksIn(folder, [...issued, ...provider.secrets, adminToken]), []);
  rmSync(folder, { recursive: true, force: true });
});
const operator = new Operator(service.url, adminToken);
const organization = await operator.newOrganization();
await operator.nameAtProvider(organization, EXTERNAL);

/** The block as it is printed, with the two headers that contract A names beside the key. */
function asMember(block: string, cookie: string, selected = organization): string {
  const headers = [`Cookie: ${cookie}`, `X-Organization-ID: ${selected}`];
  return `${fill(block, { 'https://api.merchantops.ai': service.url }).trimEnd()} ${headers.map((one) => `--header '${one}'`).join(' ')}\n`;
}

const create = published('a/create.curl');
const report = (jobId: string) => fill(published('a/report.curl'), { '{job_id}': jobId });
const worker = { organization_id: EXTERNAL, roles: ['stytch_admin'] };

test('the printed blocks make a job and report on it, by the session’s token or its JWT', async () => {
  const { session_token, session_jwt } = await provider.signIn(worker);
  for (const cookie of [
    `stytch_session=${session_token}`,
    `stytch_session=${session_jwt}`,
    `stytch_session_jwt=${session_jwt}`,
    `theme=dark; stytch_session=${session_token}; stytch_session_jwt=${session_jwt}`,
  ]) {
    const made = await runCurlBeside(asMember(create, cookie));
    assert.equal(made.status, 201, JSON.stringify(made.json));
    assertFields(made.json, FIELDS);
    const reported = await runCurlBeside(asMember(report(made.json.job_id), cookie));
    assert.equal(reported.status, 200, JSON.stringify(reported.json));
  }
});

test('another organization is refused, an unknown one alike; a session that is none is a 401', async () => {
  const { session_token } = await provider.signIn(worker);
  const other = await operator.newOrganization();
  for (const selected of [other, 'nobody-made-it', EXTERNAL]) {
    const { status, json } = await runCurlBeside(
      asMember(create, `stytch_session=${session_token}`, selected),
    );
    assert.deepEqual([status, json.code], [403, 'organization_mismatch']);
  }
  const unknown = await runCurlBeside(asMember(create, 'stytch_session=nobody-has-it'));
  assert.deepEqual([unknown.status, unknown.json.code], [401, 'unauthenticated']);
  const member = await provider.signIn({ organization_id: EXTERNAL, roles: ['stytch_member'] });
  const lesser = await runCurlBeside(asMember(create, `stytch_session=${member.session_token}`));
  assert.deepEqual([lesser.status, lesser.json.code], [403, 'permission_denied']);
});

test('a provider that is away is a 503; its keys rotated are taken up within 10 s of asking', async () => {
  const { session_token, session_jwt } = await provider.signIn(worker);
  provider.mood = 'away';
  for (const cookie of [`stytch_session=${session_token}`, `stytch_session=${session_jwt}`]) {
    const { status, json } = await runCurlBeside(asMember(create, cookie));
    assert.deepEqual([status, json.code], [503, 'unavailable']);
  }
  provider.mood = 'good';
  await provider.rotate();
  const fresh = await provider.signIn(worker);
  const began = Date.now();
  let status = 0;
  while (status !== 201 && Date.now() - began < 20_000) {
    ({ status } = await runCurlBeside(asMember(create, `stytch_session_jwt=${fresh.session_jwt}`)));
    assert.ok(status === 201 || status === 401 || status === 503, String(status));
  }
  assert.equal(status, 201);
  assert.ok(Date.now() - began < 12_000, `${Date.now() - began} ms`);
});
