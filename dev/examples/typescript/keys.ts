import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();

//# createKey
const { api_key, key_id } = await headway.keys.create({ name: 'Reader', permissions: ['job:read'] });
console.log(key_id, api_key.length);

//# listKeys
for await (const { name, permissions } of headway.keys.list()) console.log(name, permissions);

//# getKey
console.log((await headway.keys.get(key_id)).created_at);

//# changeKey
await headway.keys.change(key_id, { name: 'Readers' });

//# rotateKey
const rotated = await headway.keys.rotate(key_id, { grace_period: 86_400 });
console.log(rotated.api_key !== api_key);

//# revokeKey
await headway.keys.revoke(key_id);
