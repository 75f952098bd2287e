import type { Patch } from './patch.ts';

/** What would let one organization take what is everyone's, or have what it was refused. */
export const LIMIT_PATCHES: readonly Patch[] = [
  {
    name: 'a raised rate held back by what was refused before',
    file: 'src/services/jobs/closed-shards.ts',
    find: 'terms.per_minute !== found.terms.per_minute ||',
    replace: '',
    suite: 'test/access/limits.test.ts',
  },
  {
    name: 'the shield counts every credential for the address that shows it',
    file: 'src/http/shield.ts',
    find: 'if (known === undefined) return this.#enter(credential, now);',
    replace: 'if (known === undefined) return;',
    suite: 'test/http/shield.test.ts',
  },
  {
    name: 'an address is believed that anyone can write',
    file: 'src/http/address.ts',
    find: "return cf === undefined ? null : headers.get('CF-Connecting-IP');",
    replace: "return headers.get('CF-Connecting-IP');",
    suite: 'test/http/shield.test.ts',
  },
  {
    name: 'a creation that was answered for is not counted',
    file: 'src/objects/org-index/creations.ts',
    find: 'this.#bucket?.owe(1, this.#rate, now);',
    replace: '',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'a shard that was just opened begins with a full bucket',
    file: 'src/objects/org-index/creations.ts',
    find: 'const bucket = new TokenBucket(since, 0);',
    replace: 'const bucket = new TokenBucket(since);',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'a limit that was lowered is not held by a shard that is awake',
    file: 'src/objects/org-index/creations.ts',
    find: 'if (this.#alive === null && this.#most >= jobs) {',
    replace: 'if (this.#alive === null && this.#most === Number.POSITIVE_INFINITY) {',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'a job that was refused stays',
    file: 'src/objects/job/admission.ts',
    find: 'if (refusal !== null) await upkeep.vanish();',
    replace: '',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'a repeat is told of a job that may still be refused',
    file: 'src/objects/job/admission.ts',
    find: 'while (this.#underWay !== null) await this.#underWay;',
    replace: '',
    suite: 'test/objects/creations.test.ts',
  },
  {
    name: 'an end is refused for the rate of its job',
    file: 'src/domain/job/report-rate.ts',
    find: "command.verb === 'cancel' || endsJob(command)",
    replace: "command.verb === 'cancel'",
    suite: 'test/objects/job-limits.test.ts',
  },
  {
    name: 'a watcher is told on from entries that are gone',
    file: 'src/objects/job/entry-store.ts',
    find: 'if (KINDS.some((kind, index) => !this.#isKept(kind, (firsts[index] ?? 1) - 1))) return null;',
    replace: '',
    suite: 'test/objects/job-limits.test.ts',
  },
];
