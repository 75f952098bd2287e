/** There is a method for every operation, but those of a list. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Headway, Operator } from '../../src/client/index.ts';
import { control, FakeService, json } from './fake-service.ts';

/**
 * Operations without a method of their own: the other surfaces, what partners’ programs call, what pages show or load, and a
 * report alone, which goes as a batch of one, and metrics, which Prometheus reads.
 */
const WITHOUT =
  /^(poll|monitor|line)[A-Z]|^line$|^(receiveDelivery|visitHook|permitDeliveries|drawBadge|drawTypeBadge|drawProgress|confirmStyle|home|dashboard|dashboardPage|dashboardFile|docs|guide|reference|docsFile|guides|openapi|pythonClient|browserClient|commandLine|npmPackage|jobElement|reportProgress|watchJob|getMetrics)$/;

test('every operation of openapi.json has a method', async () => {
  const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) => {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
    return Object.entries(methods).map(([method, { operationId }]) => ({
      method: method.toUpperCase(),
      pattern,
      path,
      operationId,
    }));
  });
  const service = new FakeService(({ path }) =>
    path.endsWith('/stream')
      ? new Response(null, { status: 204 })
      : json({
          status: 'completed',
          webhooks: [],
          hooks: [],
          jobs: [],
          errors: [],
          warnings: [],
          logs: [],
          events: [],
          items: [],
          deliveries: [],
          arrivals: [],
          tokens: [],
          keys: [],
          sessions: [],
          records: [],
          organizations: [],
          job_id: 'j',
          control: control(0.01),
        }),
  );
  const headway = new Headway({
    url: 'http://headway.test/',
    apiKey: 'hw_key',
    organization: 'acme',
    fetch: service.fetch,
  });
  const { tokens, webhooks, hooks, keys, sessions } = headway;
  const { organizations } = new Operator({
    url: 'http://headway.test',
    adminToken: 'token',
    fetch: service.fetch,
  });
  const theirs = organizations.keys('o');
  const lists = [
    ...[
      headway.list(),
      headway.errors('j'),
      headway.warnings('j'),
      headway.logs('j'),
      headway.history('j'),
      headway.items('j'),
      headway.children('j'),
    ],
    ...[headway.watch('j'), headway.events(), webhooks.deliveries('w'), hooks.arrivals('h')],
    ...[webhooks.list(), hooks.list(), tokens.listFilter(), keys.list(), sessions.list(), headway.audit()],
    ...[organizations.list(), theirs.list()],
  ];
  await Promise.all([
    ...lists.map((list) => list.next()),
    ...[headway.get('j'), headway.wait('j'), headway.cancel('j'), headway.rerun('j'), headway.delete('j')],
    ...[
      headway.enqueue({ job_type: 't', total_items: 0 }),
      headway.readEvents(),
      headway.ask('GET', '/healthz'),
      headway.export({ format: 'csv' }),
      headway.stats({ category: 'sync' }),
      headway.bulk('cancel', { job_ids: ['j'], dry_run: true }),
      headway.bulk('rerun', { filter: { status: ['failed'] }, items: 'failed' }),
      headway.bulk('delete', { job_ids: ['j'] }),
    ],
    ...[tokens.create('j', { scope: 'read' }), tokens.revoke('j')],
    ...[tokens.createFilter({ scope: 'read', filter: {} }), tokens.revokeFilter('t')],
    ...[webhooks.create({ url: 'u' }), webhooks.get('w'), webhooks.change('w', {}), webhooks.delete('w')],
    ...[webhooks.rotate('w'), webhooks.test('w'), webhooks.redeliver('w', '1')],
    ...[headway.me(), headway.usage(), sessions.signIn(), sessions.signOut(), sessions.end('s')],
    ...[sessions.createCode(), sessions.signInByCode('c')],
    ...[keys, theirs].flatMap((of) => [
      ...[of.create({ name: 'n', permissions: [] }), of.get('k'), of.change('k', {})],
      ...[of.rotate('k'), of.revoke('k')],
    ]),
    ...[
      organizations.create({ organization_id: 'o', name: 'O' }),
      organizations.get('o'),
      organizations.change('o', {}),
    ],
    ...[organizations.suspend('o'), organizations.resume('o'), organizations.delete('o')],
    organizations.verifyIndex('o'),
    ...[
      hooks.create({} as never),
      hooks.get('h'),
      hooks.change('h', {}),
      hooks.delete('h'),
      hooks.test('h', {}),
      hooks.testNew({} as never),
      hooks.rotate('h'),
    ],
  ]);
  const job = headway.attach('j');
  job.report({ processed_delta: 1 });
  await job.flush();
  while (!service.last.path.endsWith('/heartbeat')) await turn();
  job.reporter.close();
  const met = new Set<string>();
  for (const { method, path } of service.asked) {
    // The one without parameters is meant where two paths match.
    const found = operations
      .filter((one) => one.method === method && one.pattern.test(path))
      .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length);
    assert.ok(found[0], `${method} ${path} is no operation`);
    met.add(found[0].operationId);
  }
  const missing = operations
    .filter(({ operationId }) => !met.has(operationId))
    .map(({ operationId }) => operationId);
  assert.deepEqual(
    missing.filter((id) => !WITHOUT.test(id)),
    [],
  );
  assert.deepEqual(
    [...met].filter((id) => WITHOUT.test(id)),
    [],
  );
});
