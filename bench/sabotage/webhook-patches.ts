import type { Patch } from './patch.ts';

const DELIVERY = 'test/objects/webhook-delivery.test.ts';
const SCHEDULE = 'test/objects/webhook-schedule.test.ts';
const OPEN = 'test/objects/webhook-open.test.ts';
const ENDPOINT = 'src/objects/webhook/webhook-do.ts';
const CHANGE = 'test/objects/webhook-change.test.ts';
const ELSEWHERE = 'test/objects/webhook-elsewhere.test.ts';
const FIRST_ANSWER = 'test/objects/webhook-first-answer.test.ts';

/** What would lose a delivery, send it where it may not go, or let a receiver take it for another's. */
export const WEBHOOK_PATCHES: readonly Patch[] = [
  {
    name: 'an endpoint’s own headers shown in its log',
    file: 'src/domain/webhook/sent.ts',
    find: 'hidden.has(name.toLowerCase()) ? HIDDEN : value',
    replace: 'value',
    suite: 'test/domain/webhook/sent.test.ts',
  },
  {
    name: 'events sent to a host that has answered nothing',
    file: 'src/domain/webhook/first-answer.ts',
    find: 'return answered_at === null;',
    replace: 'return answered_at === -1;',
    suite: FIRST_ANSWER,
  },
  {
    name: 'what waits for a retry sent to another host before it has answered',
    file: 'src/objects/webhook/pump.ts',
    find: 'return this.#port.owesAnswer() ? this.#store.askingTrips(dueBy) : this.#store.dueTrips(dueBy);',
    replace: 'return this.#store.dueTrips(dueBy);',
    suite: FIRST_ANSWER,
  },
  {
    name: 'an answer by the host of before taken for the new one’s',
    file: 'src/objects/webhook/dispatcher.ts',
    find: 'asked !== null && asked.at === asked_at',
    replace: 'asked !== null',
    suite: FIRST_ANSWER,
  },
  {
    name: 'an endpoint that has answered never told by its shards again',
    file: ENDPOINT,
    find: 'opened: () => this.#lookAtAll(),',
    replace: 'opened: () => undefined,',
    suite: FIRST_ANSWER,
  },
  {
    name: 'a first test tried once',
    file: 'src/objects/webhook/dispatcher.ts',
    find: 'const once = test && parcel.n !== asked?.n;',
    replace: 'const once = test;',
    suite: FIRST_ANSWER,
  },
  {
    name: 'holes named by events of statuses that an endpoint is not told of',
    file: 'src/objects/org-index/feed-store.ts',
    find: '[revision, seq, body.status]',
    replace: '[revision, seq]',
    suite: 'test/objects/webhook-formats.test.ts',
  },
  {
    name: 'redirects followed',
    file: 'src/objects/webhook/courier.ts',
    find: "redirect: 'manual'",
    replace: "redirect: 'follow'",
    suite: DELIVERY,
  },
  {
    name: 'position saved before the deliveries',
    file: ENDPOINT,
    find: 'return this.#transact(() => this.#store.take(',
    replace:
      'this.#store.take(state, shard, page.through, [], Date.now()); return this.#transact(() => this.#store.take(',
    suite: DELIVERY,
  },
  {
    name: 'signature over re-serialized JSON',
    file: 'src/objects/webhook/dispatcher.ts',
    find: 'signedHeaders(secrets, eventId, now, shaped.body)',
    replace: 'signedHeaders(secrets, eventId, now, JSON.stringify(JSON.parse(shaped.body), null, 1))',
    suite: DELIVERY,
  },
  {
    name: 'names that make mentions in a chat',
    file: 'src/domain/webhook/formats/notice.ts',
    find: ".replace(/@|:(?=\\/\\/)/g, '$&\\u200b')",
    replace: '',
    suite: 'test/domain/webhook/formats.test.ts',
  },
  {
    name: 'a public name that leads into a private network',
    file: 'src/objects/webhook/dispatcher.ts',
    find: '(destination.listed && privateNetwork) || PUBLIC_NETWORK',
    replace: 'privateNetwork ?? PUBLIC_NETWORK',
    suite: 'test/objects/private-network.test.ts',
  },
  {
    name: 'a poke that is not durable',
    file: ENDPOINT,
    find: 'if (!this.#overdue) this.#inherited = false;\n    this.#see();',
    replace: 'if (!this.#overdue) this.#inherited = false;\n    if (!this.#pump.running) void this.#run();',
    suite: SCHEDULE,
  },
  {
    name: 'a shard that pokes once',
    file: 'src/objects/org-index/wake-list.ts',
    find: 'await Promise.all(lost.map((webhookId) => this.#poke(webhookId)));',
    replace: '',
    suite: 'test/objects/wake-list.test.ts',
  },
  {
    name: 'a late poke’s answer taken for news',
    file: 'src/objects/org-index/wake-list.ts',
    find: 'if (after === before) this.heard(',
    replace: 'this.heard(',
    suite: 'test/objects/wake-list.test.ts',
  },
  {
    name: 'a retry that holds back its job',
    file: 'src/objects/webhook/pump.ts',
    find: 'const trip = this.#open.choose(',
    replace:
      'const trip = this.#store.retryCount() > 0 && this.#retryDue() > now ? null : this.#open.choose(',
    suite: DELIVERY,
  },
  {
    name: 'an endpoint that is not told beforehand of a change that may break off',
    file: 'src/services/webhooks/webhooks.ts',
    find: 'const expected = await askObject(() => object().poke(null, CHANGE_LIFE), true);',
    replace: 'const expected = { ok: true as const };',
    suite: CHANGE,
  },
  {
    name: 'a resumption that leaves its endpoints to whoever comes to tell them',
    file: 'src/services/organizations/suspension.ts',
    find: 'if (!suspended) await tellEndpoints(env, id, CHANGE_LIFE);',
    replace: '',
    suite: CHANGE,
  },
  {
    name: 'a change that is looked for once, though it is yet to come',
    file: 'src/objects/webhook/change-to-come.ts',
    find: 'if (at > began) this.#clock.arm(at, Date.now());',
    replace: 'if (at > began) return;',
    suite: CHANGE,
  },
  {
    name: 'settings of before a change believed when it is looked for',
    file: ENDPOINT,
    find: 'if (looks) this.#config.forget();',
    replace: '',
    suite: CHANGE,
  },
  {
    name: 'a change made after its endpoint has looked for it',
    file: 'src/objects/org/org-do.ts',
    find: 'return by !== undefined && now > by',
    replace: 'return by === -1 && now > by',
    suite: CHANGE,
  },
  {
    name: 'what another URL has answered disabling the endpoint where it goes now',
    file: 'src/objects/org/org-webhooks.ts',
    find: '(sentTo ?? url) === url',
    replace: 'sentTo !== null',
    suite: ELSEWHERE,
  },
  {
    name: 'a disabling of before told as if this decision were it',
    file: 'src/objects/org/org-webhooks.ts',
    find: 'disabled?.at === at && disabled.reason === reason ? disablings : 0',
    replace: 'disabled?.at === -1 && disabled.reason === reason ? 0 : disablings',
    suite: ELSEWHERE,
  },
  {
    name: 'a host that is asked once the next retry comes, since a decision that did not stand has ended the run',
    file: ENDPOINT,
    find: 'this.#firstAnswer.isDue(after) ? Date.now() : this.#pump.nextDue(Date.now())',
    replace: 'this.#pump.nextDue(Date.now())',
    suite: ELSEWHERE,
  },
  {
    name: 'an answer that came once its run was over told to nobody',
    file: 'src/objects/webhook/first-answer.ts',
    find: 'return this.#due(webhook) !== null;',
    replace: "return this.#due(webhook) === 'asking';",
    suite: FIRST_ANSWER,
  },
  {
    name: 'failures of the host of before disabling the one that it goes to now',
    file: 'src/objects/webhook/dispatcher.ts',
    find: 'now - Math.max(failingSince, enabled_at, asked_at)',
    replace: 'now - Math.max(failingSince, enabled_at)',
    suite: ELSEWHERE,
  },
  {
    name: 'headers that came with another URL sent to the one before',
    file: 'src/objects/webhook/dispatcher.ts',
    find: 'await this.#config.ownHeaders(settings);',
    replace: 'await this.#config.ownHeaders(this.#config.known());',
    suite: ELSEWHERE,
  },
  {
    name: 'a broken attempt forgotten',
    file: 'src/objects/webhook/open-deliveries.ts',
    find: 'if (written && dueAt === null)',
    replace: 'if (dueAt === null)',
    suite: OPEN,
  },
  {
    name: 'a second schedule for what was redelivered in flight',
    file: 'src/objects/webhook/webhook-store.ts',
    find: "const redelivered = before.due_at !== dueAt && status !== 'delivered';",
    replace: 'const redelivered = false; before.due_at = dueAt;',
    suite: 'test/objects/webhook-store.test.ts',
  },
  {
    name: 'a timer of an attempt not cleared',
    file: 'src/objects/webhook/courier.ts',
    find: '    clearTimeout(timer);',
    replace: '    void timer;',
    suite: 'test/objects/courier.test.ts',
  },
  {
    name: 'settings that are not known taken for gone ones',
    file: 'src/objects/webhook/endpoint-config.ts',
    find: "if (this.#known !== 'unknown' && age >= 0 && age < CONFIG_LIFE) return this.#known;",
    replace:
      "if (this.#asking !== null && this.#known === 'unknown') return 'gone'; if (this.#known !== 'unknown' && age >= 0 && age < CONFIG_LIFE) return this.#known;",
    suite: 'test/objects/endpoint-config.test.ts',
  },
  {
    name: 'an endpoint’s object that keeps each secret it ever opened',
    file: 'src/objects/webhook/endpoint-config.ts',
    find: 'if (!held.has(sealed)) this.#opened.delete(sealed);',
    replace: 'held.has(sealed);',
    suite: 'test/objects/endpoint-config.test.ts',
  },
  {
    name: 'a table dropped with what still waits in it',
    file: 'src/objects/webhook/delivery-log.ts',
    find: 'for (const row of open) this.#insert(next, row);',
    replace: 'open.length = 0;',
    suite: 'test/objects/webhook-store.test.ts',
  },
  {
    name: 'a destination judged by its first label',
    file: 'src/domain/webhook/destination.ts',
    find: "const last = labels.at(-1) ?? '';",
    replace: "const last = labels.at(0) ?? '';",
    suite: 'test/domain/webhook/destination.test.ts',
  },
];
