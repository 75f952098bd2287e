/** Metrics are text that Prometheus reads, of the organization that asks alone, and the dashboard draws nothing else. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import dashboard from '../../docs/grafana-dashboard.json';
import { expose } from '../../src/dialects/native/metrics/exposition';
import { organizationFamilies } from '../../src/dialects/native/metrics/families';
import { summarize } from '../../src/domain/job/summary';
import { PublicationMeter } from '../../src/objects/org-index/publication-meter';
import { Tally } from '../../src/services/metrics/tally';
import { freshJob } from '../support/arbitraries';
import { type Client, makeClient, newKey, send } from '../support/client';

const NAME = /[a-z][a-z0-9_]*/.source;
const LABELS = new RegExp(`(${NAME})="((?:[^"\\\\\\n]|\\\\[\\\\n"])*)"(,|$)`, 'y');
const LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?)$`);

interface Family {
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

/** Reads either form strictly: families in one piece each, HELP and TYPE before their samples, labels once. */
function parse(text: string): Map<string, Family> {
  expect(text.endsWith('\n')).toBe(true);
  const families = new Map<string, Family>();
  let current: [string, Family] | null = null;
  for (const line of text.trimEnd().split('\n')) {
    if (line === '# EOF') continue;
    const [, help, about = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? [];
    const [, typed, type = ''] = /^# TYPE (\S+) (counter|gauge)$/.exec(line) ?? [];
    if (help !== undefined) {
      expect(families.has(help), help).toBe(false);
      current = [help, { type: '', help: about, samples: [] }];
      families.set(...current);
    } else if (typed !== undefined) {
      expect(current?.[0]).toBe(typed);
      if (current) current[1].type = type;
    } else {
      const [, name = '', labels = '', value] = LINE.exec(line) ?? [];
      expect([line, name.replace(/_total$/, '')]).toEqual([line, current?.[0].replace(/_total$/, '')]);
      const found: Record<string, string> = {};
      for (LABELS.lastIndex = 0; LABELS.lastIndex < labels.length; ) {
        const [, label = '', text = ''] = LABELS.exec(labels) ?? [];
        expect(label in found || label === '', line).toBe(false);
        found[label] = text;
      }
      current?.[1].samples.push({ name, labels: found, value: Number(value) });
    }
  }
  return families;
}

const get = async (credential: string, query = '', accept = '*/*') => {
  const answer = await send(credential, 'GET', `/metrics${query}`, { headers: { Accept: accept } });
  return { ...answer, families: answer.status === 200 ? parse(answer.text) : new Map<string, Family>() };
};
const sumOf = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  families
    .get(name)
    ?.samples.filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);

let client: Client;
let other: Client;
beforeAll(async () => {
  [client, other] = [await makeClient(), await makeClient()];
  const [one] = [await client.createJob(), await client.createJob()];
  await client.report(one, { processed_items: 1 });
  await client.post(`/api/jobs/${one}/progress/batch`, {
    reports: [{ processed_delta: 1 }, { mark_completed: true }],
  });
  await client.post('/api/jobs', {});
  // The same isolate counts what others do.
  await other.report(await other.createJob(), { processed_items: 1 });
});

describe('by a key', () => {
  it('tells of its organization alone', async () => {
    const key = await newKey(client, { permissions: ['metrics:read'] });
    const { families, headers, text } = await get(key.key);
    expect(headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const names = [...families.values()].flatMap(({ samples }) =>
      samples.map(({ labels }) => labels.organization),
    );
    expect(new Set(names)).toEqual(new Set([client.organization]));
    expect(text).not.toContain(other.organization);
    expect(sumOf(families, 'headway_jobs_open')).toBe(1);
    expect(sumOf(families, 'headway_jobs')).toBe(2);
    expect(sumOf(families, 'headway_jobs', { job_type: 'import', status: 'pending' })).toBe(1);
    expect(sumOf(families, 'headway_jobs', { job_type: 'import', status: 'completed' })).toBe(1);
    expect(sumOf(families, 'headway_reports_total')).toBe(3);
    expect(sumOf(families, 'headway_refusals_total', { code: 'validation_failed' })).toBe(1);
    expect(sumOf(families, 'headway_requests_total', { status: '2xx' })).toBeGreaterThanOrEqual(4);
    expect(sumOf(families, 'headway_events_total')).toBeGreaterThanOrEqual(4);
    expect(sumOf(families, 'headway_publications_total')).toBeGreaterThanOrEqual(3);
    expect(sumOf(families, 'headway_index_told_total')).toBeGreaterThan(0);
    expect(sumOf(families, 'headway_index_longest_lag_seconds')).toBeLessThan(30);
    expect(sumOf(families, 'headway_limit', { name: 'jobs' })).toBeGreaterThan(1);
    for (const { type, help, samples } of families.values()) {
      expect(help).not.toBe('');
      for (const { name } of samples) expect(name.endsWith('_total')).toBe(type === 'counter');
    }
  });

  it('names no other organization, and needs its permission', async () => {
    const own = await get(client.key, `?organization_id=${client.organization}`);
    expect(own.status).toBe(200);
    const foreign = await get(client.key, `?organization_id=${other.organization}`);
    expect([foreign.status, foreign.json.code]).toEqual([403, 'organization_mismatch']);
    const typed = await newKey(client, { permissions: ['metrics:read'], job_types: ['export'] });
    expect(sumOf((await get(typed.key)).families, 'headway_jobs')).toBe(0);
    const lesser = await newKey(client, { permissions: ['job:read'] });
    expect((await get(lesser.key)).status).toBe(403);
    expect((await get('nonsense')).status).toBe(401);
  });

  it('tells how far its endpoints are', async () => {
    const { webhook_id } = (await other.post('/api/webhooks', { url: 'https://receiver.example/hook' })).json;
    expect((await other.post(`/api/webhooks/${webhook_id}/test`)).status).toBeLessThan(300);
    const { families } = await get(other.key);
    expect(sumOf(families, 'headway_endpoints')).toBe(1);
    expect(sumOf(families, 'headway_deliveries_total')).toBeGreaterThanOrEqual(1);
    expect(sumOf(families, 'headway_endpoint_lag_events')).toBeGreaterThanOrEqual(0);
  });
});

it('an endpoint is behind by all events of a shard that it has not read', () => {
  const shard = { publications: 0, told: 0, lag_ms: 0, longest_lag_ms: 0 };
  const shards = [7, 5, 0].map((events, index) => ({ ...shard, shard: index, events }));
  const endpoint = (through: Record<number, number>) => {
    return { deliveries: 0, retries: 0, failing_since: null, through };
  };
  const lagOf = (...asked: ReturnType<typeof endpoint>[]) => {
    const all = [{ organization: 'acme', usage: {}, jobs: [], shards, endpoints: 2, asked }];
    const families = organizationFamilies(all, 0);
    return families.find(({ name }) => name === 'headway_endpoint_lag_events')?.samples[0]?.value;
  };
  expect(lagOf(endpoint({ 0: 7, 1: 5, 2: 0 }))).toBe(0);
  expect(lagOf(endpoint({ 0: 6 }), endpoint({ 0: 7, 1: 5 }))).toBe(6);
});

describe('by the operator’s token', () => {
  it('tells what the isolate has counted for all, and of organizations that are named', async () => {
    const all = await get(env.ADMIN_TOKEN);
    expect(sumOf(all.families, 'headway_reports_total')).toBeGreaterThanOrEqual(3);
    expect(all.families.has('headway_jobs_open')).toBe(false);
    expect(all.text).not.toContain('organization=');
    const named = [client.organization, other.organization, 'nobody-made-it', 'Ärger', 'x'.repeat(300), ''];
    const query = named.map((id) => `organization_id=${encodeURIComponent(id)}`);
    const { families } = await get(env.ADMIN_TOKEN, `?${query.join('&')}`);
    const { samples = [] } = families.get('headway_jobs_open') ?? {};
    expect(samples.map(({ labels, value }) => [labels.organization, value])).toEqual([
      [client.organization, 1],
      [other.organization, 1],
    ]);
  });
});

describe('the text', () => {
  it('is OpenMetrics for whoever asks for it: families without _total, and an end', async () => {
    const { families, text, headers } = await get(
      client.key,
      '',
      'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
    );
    expect(headers.get('Content-Type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(families.get('headway_reports')?.samples[0]?.name).toBe('headway_reports_total');
  });

  it('keeps any label in its line, and leaves out families without samples', () => {
    const samples = [{ labels: { code: 'a"b\\c\nd' }, value: 1.5 }];
    const metrics = [
      { name: 'one', type: 'gauge', help: 'two\nlines', samples } as const,
      { name: 'none', type: 'gauge', help: 'x', samples: [] } as const,
    ];
    const text = '# HELP one two\\nlines\n# TYPE one gauge\none{code="a\\"b\\\\c\\nd"} 1.5\n';
    expect(expose(metrics, 'plain')).toBe(text);
    expect(expose(metrics, 'open')).toBe(`${text}# EOF\n`);
  });
});

it('the dashboard draws families that there are, by labels that they have', async () => {
  const { families } = await get(client.key);
  const exprs = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => expr));
  expect(exprs.length).toBeGreaterThan(8);
  const drawn = new Set(exprs.flatMap((expr) => expr.match(/headway_\w+/g) ?? []));
  for (const name of drawn) expect([...families.keys()], name).toContain(name);
  const isolated = [...families].filter(([, { samples }]) =>
    samples.some(({ labels }) => 'isolate' in labels),
  );
  expect(isolated.map(([name]) => name).sort()).toEqual([
    'headway_refusals_total',
    'headway_reports_total',
    'headway_requests_total',
  ]);
});

it('a shard’s lag is how long the oldest event of a publication has waited; the longest is forgotten', () => {
  const meter = new PublicationMeter();
  const publication = (ats: number[]) => ({
    summary: summarize(freshJob()),
    events: ats.map((at, index) => ({
      n: index + 1,
      revision: 1,
      at,
      body: { type: 'job.started' } as never,
    })),
    through: ats.length,
    deleted: false,
  });
  meter.took([publication([1_000, 1_900]), publication([]), publication([2_100])], 2_000);
  const counts = { publications: 3, told: 2, lag_ms: 1_000 };
  expect(meter.read(2_000)).toEqual({ ...counts, longest_lag_ms: 1_000 });
  expect(meter.read(62_000)).toEqual({ ...counts, longest_lag_ms: 1_000 });
  expect(meter.read(122_000)).toEqual({ ...counts, longest_lag_ms: 0 });
});

it('a tally keeps the counts of a thousand organizations, and those of all together', () => {
  const tally = new Tally();
  for (let n = 0; n < 1_500; n++) tally.answered(`o${n}`, 200, null);
  tally.answered(null, 401, 'unauthenticated');
  expect([tally.all.answers, tally.all.refusals]).toEqual([{ 2: 1_500, 4: 1 }, { unauthenticated: 1 }]);
  expect([tally.of('o0').answers, tally.of('o1499').answers]).toEqual([{}, { 2: 1 }]);
});
