import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Workplace } from './commands.ts';

let place: Workplace;

before(async () => {
  place = await Workplace.make();
});

after(() => place.leave());

test('the whole loop is played and told in order', async () => {
  const demo = place.start('demo-feed');
  assert.equal(await demo.ended, 0, demo.stderr());
  const story = demo.stdout();
  const order = [
    'Headway  has a hook',
    'partner  pushes',
    'Headway  verifies it and creates a job',
    'Headway  delivers job.created',
    'worker   wakes up',
    'worker   reports 50 of 200',
    'worker   reports 150 of 200',
    'worker   is done',
    'Headway  delivers job.completed',
    'buyer    knows: completed, 100%',
    'Push, job, work and word of it in',
  ];
  const places = order.map((line) => story.indexOf(line));
  assert.ok(!places.includes(-1), story);
  // The worker may be quicker than the hook's answer to the partner.
  const sure = places.filter((_, index) => index !== 2);
  assert.deepEqual(
    sure,
    [...sure].sort((a, b) => a - b),
    story,
  );
  assert.ok(!story.includes('\u001b'), 'no colours where nobody looks');
});
