/** One batch of rows: its records, and what there is to report about them. */
import type { Issue } from '../../src/client/index.ts';
import type { Divisions, Row } from './cities.ts';
import { convert } from './convert.ts';
import { type Counts, count } from './counts.ts';

export interface Batch {
  /** The records, one JSON object a line. */
  lines: string;
  /** The counts of the whole import so far. */
  counts: Counts;
  /** One for each unusable row. */
  errors: Issue[];
  /** One for each country and kind of gap: gaps come by the thousand, and their pattern is the news. */
  warnings: Issue[];
}

/** Converts `rows`, which come after those of `before`. */
export function convertBatch(rows: readonly Row[], divisions: Divisions, before: Counts): Batch {
  let counts = before;
  let lines = '';
  const errors: Issue[] = [];
  const gaps = new Map<string, Issue & { details: { rows: number; first: string } }>();
  for (const row of rows) {
    const conversion = convert(row, divisions);
    counts = count(counts, conversion.outcome);
    if (conversion.outcome === 'unusable') {
      errors.push({ entity_type: 'city', entity_key: cityKey(row), ...conversion.flaw, details: { ...row } });
      continue;
    }
    lines += `${JSON.stringify(conversion.place)}\n`;
    if (conversion.outcome === 'imported_with_gap') {
      const { error_type, message } = conversion.gap;
      const country = conversion.place.country;
      const gap = gaps.get(`${country} ${error_type}`) ?? {
        entity_type: 'country',
        entity_key: country,
        error_type,
        message: `Cities with ${message}`,
        details: { rows: 0, first: conversion.place.name },
      };
      gap.details.rows += 1;
      gaps.set(`${country} ${error_type}`, gap);
    }
  }
  return { lines, counts, errors, warnings: [...gaps.values()] };
}

/** The row's name in a report: the file gives its rows no ids, but no two cities share name and place. */
function cityKey({ country, name, lat, lng }: Row): string {
  return `${country}/${name}@${lat},${lng}`.slice(0, 512);
}
