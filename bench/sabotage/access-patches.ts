import type { Patch } from './patch.ts';

const FILTER = 'test/attack/filter-tokens.test.ts';
const PROVIDER = 'test/services/access/provider-sessions.test.ts';

/** What would let a credential open more than it may, or for longer. */
export const ACCESS_PATCHES: readonly Patch[] = [
  {
    name: 'a JWT that changes something, and its provider is not asked',
    file: 'src/services/access/provider-sessions/session-holder.ts',
    find: 'if (!said.asked || !acts) return said.member;',
    replace: 'if (!said.asked || said.member.until > 0) return said.member;',
    suite: PROVIDER,
  },
  {
    name: 'a token that holds open what its key may no longer do',
    file: 'src/http/caller-of.ts',
    find: 'return takesOver(caller, again.value?.principal ?? null, asked) && jobTokensStand(caller);',
    replace: 'return again.value !== null && jobTokensStand(caller);',
    suite: 'test/watch/renewal.test.ts',
  },
  {
    name: 'a member who reads on where their organization is another’s by now',
    file: 'src/http/caller-of.ts',
    find: 'if (by === null || by.organization !== caller.principal.organization) return false;',
    replace: 'if (by === null) return false;',
    suite: 'test/watch/sessions.test.ts',
  },
  {
    name: 'a key that frees another of its types and its end, whatever that may do',
    file: 'src/domain/access/key-rules.ts',
    find: 'given.permissions.filter((permission) => reachesOn || !before',
    replace: 'given.permissions.filter((permission) => (reachesOn && false) || !before',
    suite: 'test/access/keys.test.ts',
  },
  {
    name: 'a log of deliveries that shows jobs to whoever may not read them',
    file: 'src/dialects/native/webhooks/routes.ts',
    find: "id: 'listDeliveries',\n  also: 'job:read',",
    replace: "id: 'listDeliveries',",
    suite: 'test/access/keys.test.ts',
  },
  {
    name: 'a provider that is away taken for the end of a session',
    file: 'src/http/caller-of.ts',
    find: 'if (!again.ok) return again.rejection;',
    replace: 'if (!again.ok) return isShut(again.rejection) && again.rejection;',
    suite: 'test/watch/sessions.test.ts',
  },
  {
    name: 'a watch whose credential can’t be looked at told that it was revoked',
    file: 'src/services/watching/follow.ts',
    find: "return lapsed.code === 'unauthenticated' ? 'revoked' : 'lost';",
    replace: "return 'revoked';",
    suite: 'test/watch/sessions.test.ts',
  },
  {
    name: 'a session believed after its provider has said no',
    file: 'src/services/access/provider-sessions/session-check.ts',
    find: 'if (answer === null) this.#believed.delete(name);',
    replace: '',
    suite: PROVIDER,
  },
  {
    name: 'keys that are fetched whenever somebody names an unknown one',
    file: 'src/services/access/provider-sessions/key-set.ts',
    find: 'if (!underWay && Math.abs(now - this.#tried) < PAUSE) return;',
    replace: '',
    suite: PROVIDER,
  },
  {
    name: 'a filter that is looked at after the page is made',
    file: 'src/objects/org-index/feed-store.ts',
    find: '...(tag === undefined\n        ? []',
    replace: "...(tag !== ''\n        ? []",
    suite: 'test/objects/feed-store.test.ts',
  },
  {
    name: 'a snapshot that is shown to whoever asks for it',
    file: 'src/services/jobs/jobs.ts',
    find: 'const reached = await reachJob(caller, jobId);\n  if (!reached.ok) return reached;\n  const snapshots',
    replace:
      'const reached = await reachJob({ ...caller, principal: { ...principal, tag: null, job_types: null } }, jobId);\n  if (!reached.ok) return reached;\n  const snapshots',
    suite: FILTER,
  },
  {
    name: 'a filter token that outlives its key',
    file: 'src/objects/org/filter-token-registry.ts',
    find: 'WHERE filter_token.expires_at > ?1 AND revoked_at IS NULL\n',
    replace: 'WHERE filter_token.expires_at > ?1\n',
    suite: 'test/access/filter-tokens.test.ts',
  },
  {
    name: 'a filter token that reaches every tag',
    file: 'src/services/access/reach.ts',
    find: '(!reaching.tag || tags.includes(reaching.tag))',
    replace: '(!reaching.tag || tags !== null)',
    suite: FILTER,
  },
  {
    name: 'a filter token for the types that its key is not for',
    file: 'src/services/access/authenticate-filter-token.ts',
    find: 'meetTypes(filter.job_type, found.job_types)',
    replace: 'meetTypes(filter.job_type, filter.job_type && found.job_types)',
    suite: 'test/access/filter-tokens.test.ts',
  },
  {
    name: 'readers of the feed by one tag told what is for another',
    file: 'src/objects/org-index/feed-watchers.ts',
    find: 'job_types ?? null, tag ?? null, limit,',
    replace: 'job_types ?? null, null, limit,',
    suite: FILTER,
  },
  {
    name: 'a token for one job that opens lists',
    file: 'src/http/checks/permission.ts',
    find: '!(forOne && taken.lists)',
    replace: '(forOne || !forOne)',
    suite: 'test/attack/token-matrix.test.ts',
  },
  {
    name: 'a list that walks the longest way',
    file: 'src/objects/org-index/way-lengths.ts',
    find: 'next.rate < least.rate ? next : least',
    replace: 'next.rate > least.rate ? next : least',
    suite: 'test/objects/rows-read-list.test.ts',
  },
  {
    name: 'a cursor that names a job that its holder is not shown',
    file: 'src/services/jobs/list-cursor.ts',
    find: 'held as unknown as Json, isLimited(principal))',
    replace: 'held as unknown as Json, principal === null)',
    suite: FILTER,
  },
];
