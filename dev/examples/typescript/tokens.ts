import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();
const { job_id } = await headway.enqueue({ job_type: 'import', total_items: 1 });

//# createToken
const { token, expires_at } = await headway.tokens.create(job_id, { scope: 'report', allow_get: true });
console.log(token.slice(0, 4), expires_at);

//# revokeTokens
await headway.tokens.revoke(job_id);

//# createFilterToken
const made = await headway.tokens.createFilter({ scope: 'read', filter: { tag: 'nightly' } });
console.log(made.token_id);

//# listFilterTokens
for await (const { token_id, filter } of headway.tokens.listFilter()) console.log(token_id, filter);

//# revokeFilterToken
await headway.tokens.revokeFilter(made.token_id);
