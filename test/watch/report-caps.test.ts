import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { configOf } from '../../src/config';
import { progress } from '../../src/dialects/native/reports/routes';
import { SocketReports } from '../../src/dialects/native/reports/socket-reports';
import { makeClient } from '../support/client';

it('reports that wait for a job that does not answer are 16 MiB in all of an isolate, and are let go with their sockets', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const silent = { getByName: () => ({ fetch: () => new Promise(() => undefined) }) };
  const caller = {
    env: { ...env, JOB: silent as never },
    config: configOf(env),
    principal: {
      ...{
        organization: client.organization,
        permissions: ['job:create'] as const,
        salt: '',
        since: Date.now(),
      },
      actor: { kind: 'key' as const, id: client.keyId },
    },
    renew: async () => true,
  };
  const told: string[] = [];
  const end = { send: (text: string) => void told.push(text), close: () => undefined };
  const open = () => new SocketReports(caller, progress, jobId, end);
  const frame = JSON.stringify({ id: 1, reports: Array(4).fill({ message: 'x'.repeat(240_000) }) });
  const sockets = Array.from({ length: 12 }, open);
  for (const socket of sockets) for (let n = 0; n < 4; n++) socket.take(frame);
  expect(told.length).toBe(48 - Math.floor(16_777_216 / frame.length));
  for (const text of told) expect(text).toContain('"code":"overloaded"');
  for (const socket of sockets) socket.stop();
  told.length = 0;
  const next = open();
  for (let n = 0; n < 4; n++) next.take(frame);
  expect(told).toEqual([]);
  next.stop();
});
