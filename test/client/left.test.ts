/** A worker that says something too late, and a page whose requests are sent elsewhere. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { Headway, type Trouble, type WorkerJob } from '../../src/client/index.ts';
import { FakeService, pass, takes } from './fake-service.ts';

describe('a worker', () => {
  let service: FakeService;
  let troubles: Trouble[];
  let job: WorkerJob;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    mock.method(Math, 'random', () => 1);
    troubles = [];
    service = new FakeService(takes);
    const onTrouble = (trouble: Trouble) => troubles.push(trouble);
    job = new Headway({ url: 'http://headway.test', apiKey: 'k', fetch: service.fetch, onTrouble }).attach(
      'j',
    );
  });
  afterEach(() => {
    job.reporter.close();
    mock.reset();
    mock.timers.reset();
  });

  const sent = () => service.asked.map(({ path }) => path.split('/').at(-1));

  test('what is said once the job was left is told as too late, once', async () => {
    job.report({ processed_delta: 1 });
    const left = job.leave();
    await pass(0);
    await left;
    for (let i = 0; i < 3; i++) job.report({ processed_delta: 1 });
    job.complete();
    await pass(60_000);
    assert.deepEqual(sent(), ['batch']);
    assert.deepEqual(
      troubles.map(({ kind, message }) => [kind, message]),
      [['invalid', 'too late: the job has ended or was left']],
    );
  });

  test('a page that is redirected by what stands before the service reports on', async () => {
    // A browser tells of a redirection no more than that: its status is 0.
    service.answerBy(() => Response.error());
    job.report({ processed_delta: 1 });
    await pass(0);
    service.answerBy(takes);
    await pass(1_000);
    assert.deepEqual([sent(), troubles], [['batch', 'batch'], []]);
  });
});
