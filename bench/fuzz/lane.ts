/** One lane of a run: inputs to one tenant, one after another, each judged by its answer and what it changed. */

import { issuedIn } from '../../test/contract/issued.ts';
import { Random } from '../../test/support/random.ts';
import { type Ground, INTENTS, type Input, inputOf } from './inputs.ts';
import type { Judge } from './judge.ts';
import type { Operation } from './schema.ts';
import type { Tally } from './tally.ts';
import type { Tenant } from './tenant.ts';
import { oneOf } from './values.ts';
import { type Answer, Wire } from './wire.ts';

/** Inputs of one intent that come together: what they left is looked at after them. */
export const BATCH = 8;
/** An answer to what is sound comes within this, to what is odd perhaps never (ms). */
const PATIENCE = 20_000;
const ODD_PATIENCE = 400;
/** Operations that make what stays: as often as the others they would fill the service with it. */
const SELDOM = new Set([
  'createOrganization',
  'createOrganizationKey',
  'createKey',
  'createHook',
  'createWebhook',
  'signIn',
]);

/** Operations that show a secret as they make it. */
const SHOWS = new Set([
  ...['createToken', 'createKey', 'rotateKey', 'createOrganizationKey', 'rotateOrganizationKey'],
  ...['createWebhook', 'rotateWebhook', 'signIn', 'receiveDelivery'],
  ...['createSignInCode', 'signInByCode', 'createFilterToken'],
]);

/** A look at a tenant whose key opens nothing, and at a job that is gone or has ended. */
const SHUT = /^40[13] /;
const OVER = /^404 |^200 .*?"status":"(?:completed|partial|failed|cancelled)/;
/** So many batches see it like that before there is another job. */
const OVER_FOR = 2;

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

export interface Orders {
  ground: Ground;
  judge: Judge;
  tally: Tally;
  /** The number of the next batch; null where there are enough. */
  next: () => number | null;
  seed: number;
  /** A tenant in place of one whose key opens nothing any more. */
  renew: () => Promise<Tenant>;
}

export class Lane {
  readonly #orders: Orders;
  readonly #operations: Operation[];
  #wire: Wire | null = null;
  /** What the tenant looks like; null where something was taken since it was looked at. */
  #look: string | null = null;
  /** Refusals since then. */
  #refused: Input[] = [];
  #over = 0;
  /** What was not answered may be taken behind the next look. */
  #late = false;
  /** Requests that may have been taken and were not answered. */
  unanswered = 0;

  constructor(orders: Orders) {
    this.#orders = orders;
    this.#operations = orders.ground.description.operations;
  }

  async run(): Promise<void> {
    const { next, seed, ground } = this.#orders;
    for (let batch = next(); batch !== null; batch = next()) {
      const intent = new Random(seed + batch).pick(INTENTS);
      if (this.#look === null) await this.#begin();
      for (let number = batch * BATCH; number < (batch + 1) * BATCH; number++) {
        // Of its own, so that what one input finds does not change the next.
        const random = new Random(seed + number);
        await this.#one(inputOf(this.#operation(random), intent, random, ground), number);
      }
      await this.#compare();
    }
    this.#wire?.close();
  }

  async #begin(): Promise<void> {
    const { ground, renew } = this.#orders;
    this.#refused = [];
    this.#look = await ground.tenant.look();
    if (SHUT.test(this.#look)) ground.tenant = await renew();
    else if (OVER.test(this.#look) && ++this.#over > OVER_FOR) await ground.tenant.begin();
    else return;
    this.#over = 0;
    this.#look = await ground.tenant.look();
  }

  #operation(random: Random): Operation {
    const picked = oneOf(random, this.#operations);
    return SELDOM.has(picked.id) && random.chance(0.6) ? this.#operation(random) : picked;
  }

  async #one(input: Input, number: number): Promise<void> {
    const { judge, tally } = this.#orders;
    const answer = await this.#send(input);
    tally.counted(input, answer?.status ?? null);
    const busy =
      answer?.status === 503 &&
      answer.body.includes('"overloaded"') &&
      /^\d+$/.test(answer.headers.get('retry-after') ?? '');
    if (busy) tally.busy += 1;
    if (answer === null && input.odd === null) tally.fault(number, input, 'was not answered', null);
    const fault =
      answer === null ? null : ((busy ? null : judge.faultOf(input, answer)) ?? this.#leakIn(input, answer));
    if (fault !== null) tally.fault(number, input, fault, answer);
    const reads =
      ['GET', 'HEAD', 'OPTIONS'].includes(input.request.method) && !input.operation.path.startsWith('/r/');
    if (answer !== null && answer.status >= 400) this.#refused.push(input);
    else if (!reads || input.odd !== null) this.#taken(input, answer);
    if (answer !== null && answer.status < 300) this.#learn(input, answer);
  }

  /** From here on the tenant looks otherwise. */
  #taken({ odd }: Input, answer: Answer | null): void {
    this.#look = null;
    if (answer === null) this.#late = true;
    const ids = answer?.body.toString('latin1').match(UUID) ?? [];
    for (const id of ids) this.#orders.ground.tenant.made.add(id);
    // The report URL of a job is all that is answered of it where the sender asked for that.
    const untold =
      answer !== null &&
      answer.headers.get('content-type')?.startsWith('text/plain') === true &&
      answer.status === 201;
    if (answer === null || odd !== null || untold) this.unanswered += 1;
  }

  async #compare(): Promise<void> {
    const [before, refused] = [this.#look, this.#refused];
    this.#refused = [];
    if (before === null || refused.length === 0) return;
    const { ground, tally } = this.#orders;
    const after = await ground.tenant.look();
    this.#look = after;
    tally.compared += refused.length;
    if (after !== before && !this.#late) tally.changed(refused, before, after);
    this.#late = false;
  }

  #leakIn({ operation, shows }: Input, { headers, body }: Answer): string | null {
    // Its examples are of a service that is gone.
    if (operation.id === 'openapi') return null;
    for (const secret of issuedIn(`${[...headers.values()].join('\n')}\n${body.toString()}`)) {
      // What a path holds comes back in links to it.
      if (!SHOWS.has(operation.id) && !shows.includes(secret))
        return `shows a secret: ${secret.slice(0, 12)}…`;
      this.#orders.tally.secrets.add(secret);
    }
    return null;
  }

  #learn({ operation }: Input, answer: Answer): void {
    const { tenant } = this.#orders.ground;
    const etag = answer.headers.get('etag');
    if (etag !== undefined) tenant.learn({ etag });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (operation.id === 'signIn' && cookie !== undefined) tenant.cookie = cookie;
    if (!answer.headers.get('content-type')?.includes('json')) return;
    if (operation.id === 'openapi') return;
    try {
      const json = JSON.parse(answer.body.toString());
      tenant.learn(json);
      // By this name alone: as the code of an error it would be shown again.
      if (operation.id === 'createSignInCode') tenant.learn({ sign_in_code: json.code });
      if (operation.id === 'createOrganization') tenant.spare = json.organization_id;
    } catch {
      // The judge has said so.
    }
  }

  async #send(input: Input): Promise<Answer | null> {
    const { bytes, odd, over, operation } = input;
    const used = this.#wire;
    const wire = used === null || used.isClosed ? await Wire.open(this.#orders.ground.tenant.url) : used;
    this.#wire = wire;
    const answer = await wire.send(bytes, odd === null ? PATIENCE : ODD_PATIENCE, over);
    const goes =
      odd !== null || operation.answers.has(101) || operation.answers.get(200)?.has('text/event-stream');
    if (goes || answer === null || answer.headers.get('connection') === 'close') {
      wire.close();
      this.#wire = null;
    }
    // A connection that the service closed while it lay idle says nothing of the request.
    if (answer === null && odd === null && used === wire) return this.#send(input);
    return answer;
  }
}
