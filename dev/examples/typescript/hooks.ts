import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();

//# testNewHook
const trial = await headway.hooks.testNew({
  hook: {
    name: 'catalogue',
    verification: { scheme: 'token' },
    mapping: { action: 'create', from: { name: '/feed' }, set: { job_type: 'import', total_items: 200 } },
  },
  body: '{"feed": "north"}',
});
console.log(trial.body);

//# createHook
const { hook_id, url } = await headway.hooks.create({
  name: 'catalogue',
  verification: { scheme: 'token' },
  mapping: { action: 'create', from: { name: '/feed' }, set: { job_type: 'import', total_items: 200 } },
});
console.log(hook_id, url.length);

//# listHooks
for await (const { name, mapping } of headway.hooks.list()) console.log(name, mapping.action);

//# getHook
console.log((await headway.hooks.get(hook_id)).created_at);

//# testHook
console.log(await headway.hooks.test(hook_id, { feed: 'north' }));

//# listHookArrivals
for await (const arrival of headway.hooks.arrivals(hook_id)) console.log(arrival);

//# updateHook
await headway.hooks.change(hook_id, {
  mapping: { action: 'create', set: { job_type: 'import', total_items: 100 } },
});

//# rotateHook
const { older_url_until } = await headway.hooks.rotate(hook_id, { grace_period: 3_600 });
console.log(older_url_until);

//# deleteHook
await headway.hooks.delete(hook_id);
