import { expect, it } from 'vitest';

const sources = import.meta.glob('../../src/objects/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const suites = import.meta.glob('./rows-read-*.test.ts', { query: '?raw', import: 'default', eager: true });

/** Functions over tables that every store begins with: their rows are in the stores' budgets. */
const KIT = '/objects/kit/';
it('whatever holds SQL is held to budgets of rows read', () => {
  const holders = Object.entries(sources)
    .filter(([path, source]) => !path.includes(KIT) && /[sS]ql\s*\.exec\b/.test(source))
    .flatMap(([path, source]) => {
      const exported = (kind: string) =>
        [...source.matchAll(new RegExp(`^export ${kind} (\\w+)`, 'gm'))].map(([, name = '']) => name);
      const [classes, functions] = [exported('class'), exported('function')];
      if (classes.length > 0) return classes;
      return functions.length > 0 ? functions : [`nothing is exported by ${path}`];
    });
  expect(holders.length).toBeGreaterThan(8);
  const held = Object.values(suites).join('\n');
  const without = holders.filter((name) => !held.includes(`holdsToBudgets(${name}, {`));
  expect(without).toEqual([]);
});
