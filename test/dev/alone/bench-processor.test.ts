import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../../../bench/contestant.ts';
import { LineUp } from '../../../bench/line-up.ts';
import { besideOthers, machineOf, type Others } from '../../../bench/others.ts';
import { demandMs, processOf, processorMs, processTree } from '../../../bench/processor.ts';
import { untilBelow } from '../../../bench/quiet.ts';

/** What the bench is told by the system, and what it does to the processes that are not measured. Linux alone has /proc. */

const skip = process.platform === 'linux' ? false : 'there is no /proc';
const children: ChildProcess[] = [];

after(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A shell that starts a process that works all the time, and waits for it. */
async function startBusy(): Promise<number> {
  const child = spawn('/bin/sh', ['-c', 'while :; do :; done & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // The group is ended by its number.
    detached: true,
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid as number;
}

function end(pid: number): void {
  process.kill(-pid, 'SIGKILL');
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, 'it did not become true');
    await sleep(20);
  }
}

test('a command with blanks and parentheses moves no field of /proc/<pid>/stat', () => {
  const line = '42 (a (b) c) S 7 42 42 0 -1 4194304 102 0 0 0 150 50 20 5 20 0 1 0 2444016 3133440 410';
  assert.deepEqual(processOf(line), { pid: 42, parent: 7, ms: 2_250 });
});

test('time in which processors did nothing or waited for a disk is no work; stolen time is told by itself', () => {
  // user nice system idle iowait irq softirq steal
  const stat = 'cpu  100 20 30 5000 400 1 2 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
  assert.deepEqual(machineOf(stat), { busy: 1_530, stolen: 70 });
});

test('processor time is that of a process with all that descend from it', { skip }, async () => {
  const pid = await startBusy();
  try {
    assert.equal(processTree([pid]).length, 2);
    const before = processorMs([pid]);
    const [demanded, began] = [demandMs([pid]), performance.now()];
    await until(() => processorMs([pid]) > before + 100);
    // A process that works all the time wants a whole core, whether it gets it or not.
    const share = (demandMs([pid]) - demanded) / (performance.now() - began);
    assert.ok(share > 0.7 && share < 1.3, `${share} cores`);
  } finally {
    end(pid);
  }
});

test('a contestant is held still but while its own work is done', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-line-up-'));
  const lineUp = new LineUp(folder);
  try {
    const start = async (): Promise<Contestant> => {
      const pid = await startBusy();
      return {
        ...{ name: 'busy', kind: 'peer', target: { url: '', headers: {} }, measures: new Set(), pids: [pid] },
        stop: async () => end(pid),
      };
    };
    const pids = await lineUp.enter({ name: 'busy', start }, async (contestant) => contestant.pids);
    // A signal takes its time to arrive at a process that another processor runs.
    await sleep(50);
    const held = processorMs(pids);
    await sleep(500);
    // It is told in steps of 10 ms, the last of which may have been under way.
    assert.ok(processorMs(pids) - held <= 10);
    const [member] = lineUp.members;
    assert.ok(member);
    await lineUp.call(member, () => until(() => processorMs(pids) > held + 50));
    await lineUp.leave();
    await until(() => processTree(pids).every((pid) => !isAlive(pid)));
  } finally {
    await lineUp.leave();
    await rm(folder, { recursive: true, force: true });
  }
});

test('others are everybody but this process and its children', { skip }, async () => {
  const pid = await startBusy();
  let noted: Others | null = null;
  try {
    await besideOthers(
      'a part',
      (others) => {
        noted = others;
      },
      () => sleep(400),
    );
  } finally {
    end(pid);
  }
  const { part, seconds, cores } = noted as unknown as Others;
  assert.equal(part, 'a part');
  assert.ok(seconds >= 0.39 && cores !== null && cores >= 0);
});

test('whoever has become quiet is waited for no longer', async () => {
  let used = 0;
  let windows = 0;
  const work = () => {
    windows += 1;
    // Busy in the first two windows, each of which reads twice.
    if (windows < 5) used += 20;
    return used;
  };
  const quiet = await untilBelow(work, 5_000, 20);
  assert.ok(quiet.reached && quiet.busy < 0.02);
  assert.ok(windows >= 5 && quiet.waited < 5_000);
});

test('whoever does not become quiet is waited for until the patience is over, and that is said', async () => {
  let used = 0;
  const quiet = await untilBelow(() => (used += 20), 100, 20);
  assert.equal(quiet.reached, false);
  assert.ok(quiet.busy > 0.1 && quiet.waited >= 100);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
