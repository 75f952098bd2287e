/** What a job knows of its children is right, however the requests that make them come between each other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Children,
  NO_CHILDREN,
  withChild,
  withoutChild,
  withRerun,
} from '../../../src/domain/job/children';

/** A request: the parent is told, the child is made unless it is there or refused, and what was refused is told. */
interface Request {
  core: string;
  refused: boolean;
  /** It gets so many of its steps; 3 is all. */
  steps: number;
}

const request = (steps: fc.Arbitrary<number>) =>
  fc.record<Request>({ core: fc.constantFrom('a', 'b', 'c'), refused: fc.boolean(), steps });

/** The requests as far as each gets, the one whose turn it is at each of `turns` first. */
function run(requests: readonly Request[], turns: readonly number[]): { known: Children; made: Set<string> } {
  let known = NO_CHILDREN;
  const made = new Set<string>();
  function* stepsOf({ core, refused }: Request) {
    known = withChild(known, core) ?? known;
    yield;
    // Another body under its key is refused though the child is there.
    if (!refused) made.add(core);
    yield;
    if (refused) known = withoutChild(known, core);
    yield;
  }
  const left = requests.map((one) => ({ steps: stepsOf(one), count: one.steps }));
  const advance = (n: number) => {
    const one = left[n % left.length];
    if (one !== undefined && one.count-- > 0) one.steps.next();
  };
  for (const n of turns) advance(n);
  for (const n of requests.keys()) for (let step = 0; step < 3; step++) advance(n);
  return { known, made };
}

const turns = fc.array(fc.nat(20), { maxLength: 60 });

it('each child that was made is counted and known, though others of its key were refused', () => {
  fc.assert(
    fc.property(fc.array(request(fc.constant(3)), { maxLength: 8 }), turns, (requests, order) => {
      const { known, made } = run(requests, order);
      expect(known.newest.toSorted()).toEqual([...made].toSorted());
      expect(known.count).toBe(made.size);
    }),
    { numRuns: 1_000 },
  );
});

it('where requests are cut off it may count one that is not there, and none that is there is missing', () => {
  fc.assert(
    fc.property(fc.array(request(fc.nat(3)), { maxLength: 8 }), turns, (requests, order) => {
      const { known, made } = run(requests, order);
      for (const core of made) expect(known.newest).toContain(core);
      expect(known.count).toBe(known.newest.length);
    }),
    { numRuns: 1_000 },
  );
});

it('it holds no more than of the newest hundred', () => {
  let known: Children = NO_CHILDREN;
  for (let n = 0; n < 300; n++) for (const _time of [1, 2]) known = withChild(known, `${n}`) ?? known;
  expect([known.count, known.newest.length, known.newest.at(-1)]).toEqual([300, 100, '299']);
  expect(Object.keys(known.again ?? {}).toSorted()).toEqual(known.newest.toSorted());
  // One that is no longer among them stays counted.
  expect(withoutChild(known, '0')).toEqual(known);
});

it('reruns are known beside the children, a hundred of them, and count for nothing', () => {
  let known = withChild(NO_CHILDREN, 'child') ?? NO_CHILDREN;
  for (let n = 0; n < 300; n++) for (const _time of [1, 2]) known = withRerun(known, `${n}`);
  known = withoutChild(withChild(known, 'child') ?? known, 'child');
  expect([known.count, known.newest]).toEqual([1, ['child']]);
  expect(known.reruns).toEqual(Array.from({ length: 100 }, (_, n) => `${n + 200}`));
});
