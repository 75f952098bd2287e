import fc from 'fast-check';
import { it } from 'vitest';
import { Snapshots } from '../../../src/services/jobs/snapshot-cache';
import { settle, VirtualTime } from '../../support/virtual-time';
import { LIFE, NAME, revisionOf, Source, viewAt } from './snapshot-source';

/** What readers of two isolates' snapshots see, whatever comes between. */

/** One step of a run: who does what, and how it is delayed. */
const step = fc.record({
  what: fc.constantFrom('poll', 'poll', 'poll', 'change', 'whole', 'answer', 'arrive', 'pass'),
  isolate: fc.nat(1),
  reader: fc.nat(2),
  ms: fc.constantFrom(1, 50, 260, 600, 1_100),
  minimal: fc.boolean(),
});

it('never takes a reader back, over any interleaving of changes and polls in two isolates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const time = new VirtualTime();
      const isolates = [new Snapshots(LIFE, time), new Snapshots(LIFE, time)] as const;
      const source = new Source();
      const readers = [1, 1, 1];
      /** The newest revision that a change brought through each isolate, and what was true when. */
      const through = [0, 0];
      const history: [number, number][] = [[time.now(), 1]];
      const arrivals: (() => void)[] = [];
      const polls: Promise<void>[] = [];
      const at = <Value>(list: readonly Value[], index: number): Value => list[index] as Value;
      for (const { what, isolate: place, reader, ms, minimal } of steps) {
        const snapshots = at(isolates, place);
        if (what === 'poll' || what === 'whole') {
          const held = at(readers, reader);
          const oldest = history.findLast(([since]) => since <= time.now() - LIFE)?.[1] ?? 1;
          const least = Math.max(held, at(through, place), what === 'whole' ? source.revision : oldest);
          const read =
            what === 'poll'
              ? snapshots.read(NAME, held, source.ask, () => {})
              : snapshots.ask(NAME, source.ask, () => {});
          polls.push(
            read.then((result) => {
              const revision = revisionOf(result) ?? 0;
              if (revision < least) throw new Error(`${what}: ${revision} after ${least}`);
              readers[reader] = Math.max(at(readers, reader), revision);
            }),
          );
        } else if (what === 'change') {
          source.revision += 1;
          history.push([time.now(), source.revision]);
          const [revision, asked] = [source.revision, time.now()];
          arrivals.push(() => {
            snapshots.changed('acme', viewAt(revision, !minimal), asked);
            through[place] = Math.max(at(through, place), revision);
          });
        } else if (what === 'arrive') {
          const index = reader % Math.max(arrivals.length, 1);
          for (const arrive of arrivals.splice(index, 1)) arrive();
        } else if (what === 'answer') {
          await source.answer();
        } else {
          await time.pass(ms);
        }
        await settle();
      }
      for (let rest = 0; rest < 8; rest++) {
        await source.answer();
        await time.pass(300);
      }
      await Promise.all(polls);
    }),
    { numRuns: 300 },
  );
});
