import { beforeAll, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { openMuteSocket, openSocket } from '../support/socket';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

/** Reports 60 KB of news; answers the job's revision. */
async function tellMuch(id: string, n: number): Promise<number> {
  const text = String.fromCharCode(97 + (n % 26)).repeat(60_000);
  const answer = await client.report(id, { metadata_patch: { text } });
  expect(answer.status).toBe(200);
  return answer.json.revision;
}

it('a watcher that never answers is closed with 1013, and goes on from where it was', async () => {
  const id = await client.createJob();
  const mute = await openMuteSocket(client, id);
  let revision = 0;
  // What is reported within one delivery is told together, so it takes as many reports as come in some twenty of them.
  for (let n = 0; mute.closed === null && n < 2_000; n++) revision = await tellMuch(id, n);
  expect(mute.closed).toBe(1013);
  const messages = await mute.rest();
  const pings = messages.filter(({ type }) => type === 'ping');
  expect(pings.length).toBeGreaterThan(1);
  for (const { mark, revision: told } of pings) {
    expect(mark).toMatch(/^[0-9a-f]{8}$/);
    expect(told).toBeGreaterThan(0);
  }
  const bytes = messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
  expect(bytes).toBeLessThan(1_048_576 + 262_144);
  const last = messages.findLast((message) => message.type === 'update').revision;
  const again = await openSocket(client, id, `?after=${last}`);
  let reached = last;
  while (reached < revision) reached = (await again.next()).revision;
  expect(reached).toBe(revision);
  again.close();
});

it('a watcher that answers is told all of it', async () => {
  const id = await client.createJob();
  const reader = await openSocket(client, id);
  let reached = 0;
  let bytes = 0;
  for (let n = 0; bytes < 2_097_152; n++) {
    const revision = await tellMuch(id, n);
    while (reached < revision) {
      const message = await reader.next();
      expect(message).not.toBeNull();
      bytes += JSON.stringify(message).length;
      reached = message.revision;
    }
  }
  expect(reader.closed).toBeNull();
  reader.close();
});
