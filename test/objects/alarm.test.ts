import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlarmClock } from '../../src/objects/kit/alarm-clock';
import { GuardedAlarm } from '../../src/objects/kit/guarded-alarm';

const NEVER = Number.POSITIVE_INFINITY;
const NOW = Date.UTC(2026, 10, 27);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A clock over a storage that keeps its alarm here, and what it was told to do. */
function make(alarm: number | null = null) {
  const storage = {
    alarm,
    calls: 0,
    getAlarm: async () => storage.alarm,
    async setAlarm(at: number) {
      storage.alarm = at;
      storage.calls += 1;
    },
    async deleteAlarm() {
      storage.alarm = null;
      storage.calls += 1;
    },
  };
  return { storage, clock: new AlarmClock(storage as unknown as DurableObjectStorage) };
}

describe('the alarm clock', () => {
  it('arms for the earliest, and leaves an earlier alarm where it is', () => {
    const { storage, clock } = make();
    for (const due of [NOW + 10, NOW + 20, NOW + 5, NEVER]) clock.arm(due, NOW);
    expect(storage).toMatchObject({ alarm: NOW + 5, calls: 2 });
  });

  it('postpones to what is due, and an earlier due time brings it forward again', () => {
    const { storage, clock } = make();
    clock.arm(NOW + 60_000, NOW);
    clock.postpone(NOW + 600_000);
    expect(storage.alarm).toBe(NOW + 600_000);
    clock.arm(NOW + 900_000, NOW);
    expect(storage.alarm).toBe(NOW + 600_000);
    clock.arm(NOW + 1_000, NOW);
    expect(storage.alarm).toBe(NOW + 1_000);
  });

  it('postponed to where it stands, it writes nothing', () => {
    const { storage, clock } = make();
    for (let times = 0; times < 3; times++) clock.postpone(NOW + 10);
    expect(storage).toMatchObject({ alarm: NOW + 10, calls: 1 });
  });

  it('postponed for good it is taken away, and what is due later is armed again', () => {
    const { storage, clock } = make();
    clock.arm(NOW + 10, NOW);
    clock.postpone(NEVER);
    expect(storage.alarm).toBeNull();
    clock.arm(NOW + 20, NOW);
    expect(storage.alarm).toBe(NOW + 20);
  });

  it('postpones the alarm that an earlier instance left, and one that it lost sight of', async () => {
    const { storage, clock } = make(NOW + 10);
    await clock.wake();
    clock.postpone(NOW + 50);
    expect(storage.alarm).toBe(NOW + 50);
    clock.forget();
    clock.postpone(NEVER);
    expect(storage.alarm).toBeNull();
  });
});

describe('a guarded alarm', () => {
  it('comes again after a run that broke, later each time, and soon again after one that did not', async () => {
    const { storage, clock } = make();
    const alarm = new GuardedAlarm(clock, () => ({ object: 'acme/x' }));
    const waits: number[] = [];
    const broken = async () => {
      throw new Error('the run');
    };
    const run = async (work: () => Promise<void>) => {
      storage.alarm = null;
      await alarm.run(work);
      waits.push(storage.alarm === null ? 0 : storage.alarm - NOW);
    };
    for (let times = 0; times < 7; times++) await run(broken);
    await run(async () => {});
    await run(broken);
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 0, 2_000]);
  });

  it('leaves an alarm that the broken run had armed earlier', async () => {
    const { storage, clock } = make();
    await new GuardedAlarm(clock, () => ({})).run(async () => {
      clock.arm(NOW + 500, NOW);
      throw new Error('the run');
    });
    expect(storage.alarm).toBe(NOW + 500);
  });
});
