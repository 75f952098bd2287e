import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();

//# createJob
const { job_id } = await headway.enqueue({
  job_type: 'import',
  total_items: 200,
  name: 'Prices',
  tags: ['nightly'],
});
console.log(job_id);

//# reportProgress, reportBatch
const job = headway.attach(job_id);
job.report({ processed_items: 40, stage: 'loading', message: 'Loading prices' });
job.error({ entity_type: 'row', entity_key: '17', error_type: 'price_missing', message: 'No price' });
job.warn({ entity_type: 'row', entity_key: '130', error_type: 'price_old', message: 'A price of 2019' });
await job.flush();

//# heartbeat
// Between reports signs of life are sent for as long as the work says something within so long.
const patient = Headway.fromEnv({ quietAfterMs: 3_600_000 });
console.log((await patient.get(job_id)).health);

//# getJob
const { status, progress_percentage } = await headway.get(job_id);
console.log(status, progress_percentage);

//# listJobs
for await (const { name, status } of headway.list({ status: ['in_progress'], tag: ['nightly'] })) {
  console.log(name, status);
}

//# getJobStats
const { jobs, by_type } = await headway.stats({ job_type: 'import' });
console.log(jobs, by_type);

//# exportJobs
const download = await headway.export({ format: 'csv', tag: ['nightly'] });
console.log((await download.text()).split('\n').length);

//# listChildren
for await (const { name, status } of headway.children(job_id)) console.log(name, status);
console.log((await headway.rollup(job_id)).progress_percentage);

//# listErrors
for await (const { entity_key, message } of headway.errors(job_id)) console.log(entity_key, message);

//# listWarnings
for await (const { entity_key, message } of headway.warnings(job_id)) console.log(entity_key, message);

//# listLogs
for await (const { timestamp, message } of headway.logs(job_id)) console.log(timestamp, message);

//# listEvents
for await (const { type, at } of headway.history(job_id)) console.log(type, at);

//# cancelJob
await headway.cancel(job_id, { reason: 'Obsolete' });
await job.leave();

//# rerunJob
const again = await headway.rerun(job_id, { items: 'failed' });
console.log(again.job_id, again.total_items);

//# listItems
for await (const { entity_type, entity_key } of headway.items(again.job_id))
  console.log(entity_type, entity_key);

//# streamJob, watchJob
const worker = headway.attach(again.job_id);
worker.complete();
for await (const { status, progress_percentage } of headway.watch(again.job_id)) {
  console.log(status, progress_percentage);
}

//# rerunJobs
const reruns = await headway.bulk('rerun', { job_ids: [job_id], items: 'failed' });
console.log((await headway.wait(reruns.job_id)).processed_items);

//# cancelJobs
const { count } = await headway.bulk('cancel', {
  filter: { job_type: 'import', status: ['pending'] },
  dry_run: true,
});
console.log(count);

//# deleteJobs
const deletion = await headway.bulk('delete', { job_ids: [again.job_id] });
console.log((await headway.wait(deletion.job_id)).processed_items);

//# deleteJob
await headway.delete(job_id);
