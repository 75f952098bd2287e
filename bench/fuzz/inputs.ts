/** One input: a request to an operation, from its description and what its tenant has, and how it is framed. */
import type { Random } from '../../test/support/random.ts';
import { EXAMPLES } from './examples.ts';
import { framed, oddlyFramed, type Request } from './framing.ts';
import { bend, corrupt, hostileText, hostileValue } from './hostile.ts';
import type { Description, Operation, Parameter } from './schema.ts';
import type { Tenant } from './tenant.ts';
import { type Makers, valid, write } from './values.ts';

export const INTENTS = ['valid', 'nearly valid', 'hostile'] as const;
export type Intent = (typeof INTENTS)[number];

export interface Input {
  operation: Operation;
  intent: Intent;
  request: Request;
  bytes: Buffer;
  /** What is odd about its framing, or that its path names another route; null where the description holds. */
  odd: string | null;
  /** Its sender hangs up its own side after it. */
  over: boolean;
  /** The secrets that it shows by itself. */
  shows: string;
}

export interface Ground {
  description: Description;
  tenant: Tenant;
  /** Another tenant: its ids are tried, its credentials are not. */
  other: Tenant;
  adminToken: string;
  host: string;
}

const TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json; charset=x',
  'multipart/form-data',
  '',
] as const;
const LINES = [
  '50/200 uploading',
  '45%',
  'done',
  '::exit 0',
  '::exit 3',
  '1/0',
  '[=====>    ] 50%',
  '\u001b[31mred',
  '',
] as const;

export function inputOf(operation: Operation, intent: Intent, random: Random, ground: Ground): Input {
  const { tenant } = ground;
  const makers: Makers = {
    ...{ random, resolve: ground.description.resolve },
    // A new organization has a name of its own.
    known: (name) => (name === 'organization_id' ? undefined : tenant.named(name, random)),
  };
  const bad = (share: number) =>
    intent !== 'valid' && random.chance(intent === 'hostile' ? share : share / 3);
  const { target, elsewhere } = targetOf(operation, makers, ground, bad);
  const headers: Request['headers'] = [
    ['Host', ground.host],
    ...credentialOf(operation, ground, random, bad),
  ];
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'header' || !(parameter.required || random.chance(0.15) || bad(0.1))) continue;
    headers.push([parameter.name, headerOf(parameter, makers, tenant, bad)]);
  }
  if (operation.answers.has(101))
    headers.push(
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
    );
  const body = bodyOf(operation, intent, makers, bad);
  if (body !== null) {
    const type = bad(0.15) ? random.pick(TYPES) : (operation.body?.type ?? 'application/json');
    if (type !== '') headers.push(['Content-Type', type]);
    if (bad(0.03)) headers.push(['Content-Encoding', 'gzip']);
  }
  const request: Request = { method: operation.method, target, headers, body };
  const { bytes, odd, over } = bad(0.2) ? oddlyFramed(request, random) : framed(request, random);
  return { operation, intent, request, bytes, over, odd: odd ?? elsewhere, shows: target };
}

function targetOf(operation: Operation, makers: Makers, ground: Ground, bad: (share: number) => boolean) {
  const { random } = makers;
  const { tenant, other } = ground;
  let elsewhere: string | null = null;
  const hook = operation.path.startsWith('/hooks/') && !bad(0.3) ? tenant.hook(random) : undefined;
  const path =
    hook ??
    operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const text = bad(0.3)
        ? random.chance(0.4) && name !== 'organization_id'
          ? (other.named(name === 'token' ? 'job_id' : name, random) ?? 'x')
          : hostileText(random)
        : (tenant.named(name === 'organization_id' && isOfWhole(operation) ? 'spare' : name, random) ??
          `${random.between(0, 9)}`);
      if (/^\.*$/.test(text)) elsewhere = 'another path';
      return bad(0.03) ? `${percent(text)}%ff%c0%80` : percent(text);
    });
  const pairs: string[] = [];
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'query' || !random.chance(0.25)) continue;
    for (let times = bad(0.2) ? 3 : 1; times > 0; times--) {
      const text = bad(0.4) ? hostileText(random) : queryOf(parameter, makers);
      // Whatever is a number of seconds would be waited for.
      const shown = parameter.name === 'wait' && /^\s*\d+\s*$/.test(text) ? '0' : text;
      pairs.push(`${parameter.name}=${percent(shown)}`);
    }
  }
  if (bad(0.08))
    pairs.push(
      random.pick(['x=1', '__proto__=1', '%ff=%c0', '&&=', 'status[]=a', '_=1', `k=${'%F0%9F'.repeat(300)}`]),
    );
  return { target: `${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`, elsewhere };
}

/** Whether it does something to an organization as a whole: no tenant's own, since that would end its lane. */
function isOfWhole({ method, path }: Operation): boolean {
  return path.startsWith('/admin/') && method !== 'GET' && !path.includes('/keys');
}

function queryOf({ name, schema }: Parameter, makers: Makers): string {
  const value = valid(schema, makers, name);
  return String(Array.isArray(value) ? (value[0] ?? '') : value);
}

function headerOf(
  { name, schema }: Parameter,
  makers: Makers,
  tenant: Tenant,
  bad: (share: number) => boolean,
): string {
  const { random } = makers;
  if (bad(0.4)) return hostileText(random).replace(/[\r\n\0]/g, '');
  if (name === 'Upgrade') return 'websocket';
  if (name === 'X-Organization-ID') return tenant.organization;
  if (name === 'Idempotency-Key') return `key-${random.between(0, 40)}`;
  if (name === 'Prefer') return 'return=minimal';
  return String(valid(schema, makers, name)).replace(/[^\x20-\x7e]/g, '');
}

function credentialOf(
  { opens }: Operation,
  ground: Ground,
  random: Random,
  bad: (share: number) => boolean,
): Request['headers'] {
  const bearer = (text: string): Request['headers'] => [['Authorization', `Bearer ${text}`]];
  if (bad(0.12)) {
    const wrong = random.pick(['none', 'junk', 'forged', 'basic', 'cookie']);
    if (wrong === 'none') return [];
    if (wrong === 'basic') return [['Authorization', 'Basic YTpi']];
    if (wrong === 'cookie') return [['Cookie', 'stytch_session=x; __Host-headway_session=hws_x']];
    const junk = hostileText(random).replace(/[\r\n\0]/g, '');
    return bearer(
      wrong === 'junk' ? junk : ground.tenant.key.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    );
  }
  if (opens === 'nobody') return [];
  const { cookie } = ground.tenant;
  if (opens === 'tenant' && cookie !== null && random.chance(0.1)) return [['Cookie', cookie]];
  return bearer(opens === 'admin' ? ground.adminToken : ground.tenant.key);
}

function bodyOf(
  operation: Operation,
  intent: Intent,
  makers: Makers,
  bad: (share: number) => boolean,
): Buffer | null {
  const { random } = makers;
  const { body, id } = operation;
  if (body === null) return bad(0.1) ? Buffer.from('{}') : null;
  if (bad(0.05)) return Buffer.alloc(0);
  if (body.type === 'text/plain') {
    const text = Buffer.from(bad(0.5) ? hostileText(random) : random.pick(LINES));
    return bad(0.3) ? corrupt(text, random) : text;
  }
  const example = EXAMPLES[id];
  const good =
    example !== undefined && random.chance(0.6) ? exampleOf(example, makers) : valid(body.schema, makers);
  if (intent === 'valid') return Buffer.from(write(good));
  const bent = bend(good, random);
  if (intent === 'nearly valid') return Buffer.from(write(bent));
  const kind = random.between(0, 3);
  if (kind === 0) return Buffer.from(write(hostileValue(random)));
  if (kind === 1) return corrupt(Buffer.from(write(good)), random);
  return Buffer.from(write(kind === 2 ? bent : bend(bend(bent, random), random)));
}

/** An example, with this tenant's names in it: of what goes by the property's own name, or by the one behind `named`. */
function exampleOf(example: object, { random, known }: Makers): object {
  const name = `n${random.between(0, 999)}`;
  return Object.fromEntries(
    Object.entries(example).map(([key, value]) => {
      const [, other] = /^named ?(.*)$/.exec(String(value)) ?? [];
      return [key, other === undefined ? value : (known(other || key) ?? name)];
    }),
  );
}

/** As it stands in a path or a query; half a character becomes one that stands for none. */
function percent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
