import type { Patch } from './patch.ts';

const SUSPENSION = 'test/access/suspension.test.ts';
const SUSPENDED = 'test/access/suspended-credentials.test.ts';
const DELETION = 'test/access/deletion.test.ts';
const SHARDS = 'test/access/shards.test.ts';
const STEPS = 'test/objects/deletion-steps.test.ts';

/** What would leave a suspended organization at work, or something of a deleted one behind. */
export const OPERATOR_PATCHES: readonly Patch[] = [
  {
    name: 'jobs in a new shard before its readers ask it',
    file: 'src/domain/access/shards.ts',
    find: '.filter(({ at }) => now - at >= SHARDS_SETTLE)',
    replace: '',
    suite: SHARDS,
  },
  {
    name: 'a raise that makes too much of what a shard holds',
    file: 'src/domain/access/shards.ts',
    find: 'return Math.min(...counts.filter((count) => count > shard));',
    replace: 'return Math.max(...counts);',
    suite: SHARDS,
  },
  {
    name: 'a shard that was erased while it asked its jobs made anew',
    file: 'src/objects/org-index/repairer.ts',
    find: 'if (this.#port.isErased()) return null;',
    replace: '',
    suite: 'test/objects/erased-shard.test.ts',
  },
  {
    name: 'an alarm of a shard that is erased, for ever',
    file: 'src/objects/org-index/org-index-do.ts',
    find: 'if (!this.#held.some) return;',
    replace: '',
    suite: 'test/objects/erased-shard.test.ts',
  },
  {
    name: 'shards that are taken away',
    file: 'src/domain/access/shards.ts',
    find: 'if (count >= present) return null;',
    replace: 'if (count >= 1) return null;',
    suite: SHARDS,
  },
  {
    name: 'a reader that asks the shards of before',
    file: 'src/services/feed/feed-watch.ts',
    find: 'for (const shard of feedShards(this.#caller, this.#position)) {',
    replace: 'for (const shard of [0]) {',
    suite: SHARDS,
  },
  {
    name: 'a suspended organization that still reports',
    file: 'src/services/access/authenticate.ts',
    find: 'if (isSuspended) return suspended();',
    replace: '',
    suite: 'test/attack/credential-states.test.ts',
  },
  {
    name: 'a code of a suspended organization that signs in',
    file: 'src/objects/org/org-sessions.ts',
    find: 'if (suspended_at !== null) return organizationSuspended();',
    replace: '',
    suite: SUSPENDED,
  },
  {
    name: 'credentials made for a suspended organization',
    file: 'src/objects/org/org-profile.ts',
    find: 'return profile === null || profile.suspended_at === null ? profile : organizationSuspended();',
    replace: 'return profile;',
    suite: SUSPENDED,
  },
  {
    name: 'keys changed and rotated for a suspended organization',
    file: 'src/objects/org/org-credentials.ts',
    find: "return found === null || 'code' in found ? found : undefined;",
    replace: 'return found === null ? found : undefined;',
    suite: SUSPENDED,
  },
  {
    name: 'a key of an organization that is being deleted, shown to the operator',
    file: 'src/objects/org/org-credentials.ts',
    find: 'return this.parts.profile.get() === null ? null : this.parts.keys.get(keyId);',
    replace: 'return this.parts.keys.get(keyId);',
    suite: DELETION,
  },
  {
    name: 'members of a suspended organization let in',
    file: 'src/services/access/home.ts',
    find: 'if (suspended_at !== null) return suspended();',
    replace: '',
    suite: SUSPENSION,
  },
  {
    name: 'what is held open stays open though its organization is suspended',
    file: 'src/http/caller-of.ts',
    find: 'return isShut(rejection) ? rejection : true;',
    replace: 'return true;',
    suite: SUSPENSION,
  },
  {
    name: 'a request that was long in coming acts by what was believed before',
    file: 'src/services/access/lapse.ts',
    find: 'isFresh(caller.principal.since, Date.now(), CREDENTIAL_LIFE) ?',
    replace: 'isFresh(caller.principal.since, Date.now(), CREDENTIAL_LIFE * 1_000) ?',
    suite: SUSPENSION,
  },
  {
    name: 'deliveries of a suspended organization',
    file: 'src/objects/org/org-profile.ts',
    find: 'if (suspended_at !== null) return { ...told, enabled: false };',
    replace: '',
    suite: SUSPENSION,
  },
  {
    name: 'endpoints that are not told that it goes on',
    file: 'src/services/organizations/suspension.ts',
    find: 'const told = await tellEndpoints(env, id);',
    replace: 'const told = true;',
    suite: SUSPENSION,
  },
  {
    name: 'a deletion that forgets its place',
    file: 'src/objects/directory/advance-deletion.ts',
    find: 'if (page.length > 0) return { ...place, page };',
    replace: 'if (page.length > 0) return { ...(await deleted({ ...place, page }, port)), page: [] };',
    suite: STEPS,
  },
  {
    name: 'jobs that were made while it was closed stay',
    file: 'src/objects/directory/advance-deletion.ts',
    find: 'return now < over ? over : ',
    replace: 'return now < over - over ? over : ',
    suite: STEPS,
  },
  {
    name: 'keys of deleted jobs stay in their objects',
    file: 'src/objects/org-index/held-jobs.ts',
    find: 'if (listed.length > 0) return listed;',
    replace: 'return listed;',
    suite: DELETION,
  },
  {
    name: 'a name given again',
    file: 'src/objects/directory/deletion-store.ts',
    find: "'SELECT * FROM deletion WHERE organization_id = ?'",
    replace: "'SELECT * FROM deletion WHERE organization_id = ? AND finished_at IS NULL'",
    suite: DELETION,
  },
  {
    name: 'credentials that outlive the closing of their organization',
    file: 'src/objects/org/org-profile.ts',
    find: 'return profile?.closed_at === null ? profile : null;',
    replace: 'return profile;',
    suite: DELETION,
  },
  {
    name: 'a verification that takes the job of another shard for one of its own',
    file: 'src/objects/org-index/shard-parts.ts',
    find: 'if (shardOf(jobId) !== Number(partOf(name))) return null;',
    replace: '',
    suite: 'test/objects/repair-elsewhere.test.ts',
  },
  {
    name: 'a sweep that waits until it is as late as a clock that was ahead',
    file: 'src/objects/org-index/repairer.ts',
    find: 'return at > now + SWEEP_INTERVAL ? now : at;',
    replace: 'return Math.max(at, now - SWEEP_INTERVAL);',
    suite: 'test/objects/clock-ahead.test.ts',
  },
];
