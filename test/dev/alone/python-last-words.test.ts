/** What a Python program still tells at its end, and how long that holds it up. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Workplace } from '../commands.ts';
import type { FaultyProxy } from '../faulty-proxy.ts';
import type { Live } from '../live.ts';
import { PythonGround } from '../python-ground.ts';
import { endedWell, printed } from '../python-program.ts';

let ground: PythonGround;
let live: Live;
let place: Workplace;
let proxy: FaultyProxy;
before(async () => {
  ground = await PythonGround.make();
  ({ live, place, proxy } = ground);
});
after(() => ground?.leave());

/** What is said of a job whose process ended. */
const OPEN = 'The process ended before its job did';

test('last words at the end of the process take 2 s at most, with the service there, slow or away, and with no thread to be had', async () => {
  const program = `
import atexit, os, threading, time
atexit.register(lambda: print("took", time.monotonic() - began))
import headway
headway.TIMEOUT = 30
job = headway.job("import", total=2)
assert job.flush(30)
print("id", job.id)
while not os.path.exists(os.environ["GO"]): time.sleep(0.01)
job.update(1)
if os.environ["LATE"]:
    def refuse(self): raise RuntimeError("can't create new thread at interpreter shutdown")
    threading.Thread.start = refuse
    headway.job("import", total=2, name="Late").update(2)
began = time.monotonic()
`;
  const ends = [
    ['there', ''],
    ['there', '1'],
    ['mute', '1'],
    ['away', ''],
  ] as const;
  for (const [state, late] of ends) {
    proxy.state = 'there';
    const GO = place.path(`go-${state}${late}`);
    const running = await ground.start(program, { GO, LATE: late });
    const id = await printed(running, 'id');
    proxy.state = state;
    await writeFile(GO, '');
    const took = Number(await printed(running, 'took'));
    await endedWell(running);
    assert.ok(took < 2.6, `${state} ${late}: ${took} s`);
    if (state !== 'there') continue;
    const { status, error_message, processed_items } = await live.client.job(id);
    assert.deepEqual([status, error_message, processed_items], ['failed', OPEN, 1]);
  }
  const { jobs } = (await live.client.get('/api/jobs/?limit=100')).json;
  const late = jobs.filter(({ name }: { name: string }) => name === 'Late');
  assert.deepEqual(
    late.map((job: Record<string, unknown>) => [job.status, job.error_message, job.processed_items]),
    [['failed', OPEN, 2]],
  );
});
