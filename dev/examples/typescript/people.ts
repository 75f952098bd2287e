import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();

//# getMe
const { organization_id, permissions } = await headway.me();
console.log(organization_id, permissions);

//# signIn
const { session_id } = await headway.sessions.signIn();

//# listSessions
for await (const { session_id, expires_at } of headway.sessions.list()) console.log(session_id, expires_at);

//# endSession
await headway.sessions.end(session_id);

//# getUsage
const { limits } = await headway.usage();
console.log(limits.creates_per_minute);

//# listAudit
for await (const { at, actor, action, target } of headway.audit({ limit: 20 })) {
  console.log(at, actor.name, action, target.id);
}

//# createSignInCode
const { url, expires_at } = await headway.sessions.createCode();
console.log(url, expires_at);
