import { expect, it } from 'vitest';

const sources = import.meta.glob('../../src/objects/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const suites = import.meta.glob('./rows-read-*.test.ts', { query: '?raw', import: 'default', eager: true });

/** Functions over tables that every store begins with: their rows are in the stores' budgets. */
const KIT = '/objects/kit/';

it('every class that holds SQL is held to budgets of rows read', () => {
  const holders = Object.entries(sources)
    .filter(([path, source]) => !path.includes(KIT) && /[sS]ql\s*\.exec\b/.test(source))
    .flatMap(([path, source]) => {
      const classes = [...source.matchAll(/^export class (\w+)/gm)].map(([, name = '']) => name);
      return classes.length === 0 ? [`no class in ${path}`] : classes;
    });
  expect(holders.length).toBeGreaterThan(8);
  const held = Object.values(suites).join('\n');
  expect(holders.filter((name) => !held.includes(`holdsToBudgets(${name}, {`))).toEqual([]);
});
