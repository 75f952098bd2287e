import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();
await headway.enqueue({ job_type: 'import', total_items: 1 });

//# listFeed
const { events, next_cursor } = await headway.readEvents({ types: ['job.created'], limit: 100 });
console.log(events.length, next_cursor);

//# streamFeed
for await (const { type, job_id, cursor } of headway.events({ types: ['job.created'] })) {
  console.log(type, job_id, cursor);
  break;
}
