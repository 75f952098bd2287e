import type { Patch } from './patch.ts';

const IDS = 'src/services/ids/job-id.ts';

/** What would let somebody see or do what is not theirs, or a body in that must stay out. */
export const DOOR_PATCHES: readonly Patch[] = [
  {
    name: 'organization check gone from the router',
    file: 'src/services/jobs/jobs.ts',
    find: 'const ref = await readJobId(config, organization, jobId);\n  if (ref === null) return noSuchJob();\n  if (token !== undefined',
    replace:
      'const ref = await readJobId(config, organization, jobId) ?? { job_id: jobId, shard: 0, core: "0".repeat(17) };\n  if (token !== undefined',
    suite: 'test/objects/layer-tenancy.test.ts',
  },
  {
    name: 'organization check gone from the object',
    file: 'src/objects/job/job-do.ts',
    find: 'if (organization !== organizationOf(this.ctx.id.name)) return null;\n    const { applied',
    replace: 'const { applied',
    suite: 'test/objects/layer-tenancy.test.ts',
  },
  {
    name: 'organization gone from the id’s MAC',
    file: IDS,
    find: "const code = await mac(config, 'job-id',",
    replace: "organization = ''; const code = await mac(config, 'job-id',",
    suite: 'test/objects/layer-tenancy.test.ts',
  },
  {
    name: 'id check gone',
    file: IDS,
    find: 'if (tail === null || !sameBytes(tail, Uint8Array.fromHex(hex(free & ((1n << MAC_BITS) - 1n), 12))))',
    replace: 'if (tail === null)',
    suite: 'test/objects/layer-tenancy.test.ts',
  },
  {
    name: 'X-Organization-ID believed',
    file: 'src/http/checks/organization.ts',
    find: 'if (selected === null || selected === caller?.principal.organization)',
    replace: 'if (selected !== "")',
    suite: 'test/attack/bad-input-headers.test.ts',
  },
  {
    name: 'permission check gone',
    file: 'src/http/checks/permission.ts',
    find: 'permission === access || permission === orAccess',
    replace: "permission !== ''",
    suite: 'test/attack/tenancy-matrix.test.ts',
  },
  {
    name: 'cache that never expires',
    file: 'src/services/access/authenticate.ts',
    find: 'if (known !== undefined && age >= 0 && age < believed)',
    replace: 'if (known !== undefined)',
    suite: 'test/services/access/layer-credential-cache.test.ts',
  },
  {
    name: 'a cursor unsigned',
    file: 'src/services/ids/cursor.ts',
    find: 'if (code === null || !sameBytes(code, bytes.subarray(0, MAC_BYTES))) return undefined;',
    replace: 'if (code === null) return undefined;',
    suite: 'test/services/access/tokens.test.ts',
  },
  {
    name: 'depth check gone',
    file: 'src/http/json-limits.ts',
    find: 'if (depth > MAX_DEPTH)',
    replace: 'if (depth < 0)',
    suite: 'test/http/layer-json-limits.test.ts',
  },
  {
    name: 'keys that reach for a prototype let in',
    file: 'src/http/json-limits.ts',
    find: 'if (FORBIDDEN_KEYS.has(key))',
    replace: 'if (FORBIDDEN_KEYS.has(key.toUpperCase()))',
    suite: 'test/http/layer-json-limits.test.ts',
  },
  {
    name: 'a hook’s signature uncompared',
    file: 'src/services/hooks/verify-arrival.ts',
    find: 'return same.includes(true);',
    replace: 'return same.length > 0;',
    suite: 'test/hooks/verify-delivery.test.ts',
  },
  {
    name: 'a hook’s base64 signature compared as bytes, not as it is written',
    file: 'src/domain/hook/key-bytes.ts',
    find: 'return bytes?.toBase64() === text ? bytes : null;',
    replace: 'return bytes;',
    suite: 'test/hooks/verify-delivery.test.ts',
  },
  {
    name: 'a hook’s body that its signed URL has another digest of',
    file: 'src/services/hooks/verify-arrival.ts',
    find: '!(await isDigestOf(claim.bodyDigest, delivery.raw))',
    replace: 'claim.bodyDigest === null',
    suite: 'test/hooks/presets.test.ts',
  },
  {
    name: 'a hook’s old timestamps let in',
    file: 'src/domain/hook/read-claim.ts',
    find: 'Math.abs(now / 1_000 - t.at) > description.tolerance',
    replace: 't.at - now / 1_000 > description.tolerance',
    suite: 'test/hooks/verify-delivery.test.ts',
  },
  {
    name: 'a hook’s URL unsigned',
    file: 'src/services/ids/hook-url.ts',
    find: 'if (code === null || !sameBytes(code, Uint8Array.fromHex(token.slice(STEM_LENGTH)))) return null;',
    replace: 'if (code === null) return null;',
    suite: 'test/hooks/manage.test.ts',
  },
  {
    name: 'a hook’s conflicts judged on nothing',
    file: 'src/services/hooks/delivery-key.ts',
    find: 'canonicalJson(mapped.body)',
    replace: 'canonicalJson({})',
    suite: 'test/hooks/exactly-once.test.ts',
  },
  {
    name: 'a body over the limit left unread',
    file: 'src/http/read-body.ts',
    find: 'while (size <= DRAINED)',
    replace: 'while (size <= maxBytes)',
    suite: 'test/http/read-body.test.ts',
  },
  {
    name: 'a body that is waited for without end',
    file: 'src/http/read-body.ts',
    find: '    this.#broken();',
    replace: '',
    suite: 'test/http/read-body.test.ts',
  },
];
