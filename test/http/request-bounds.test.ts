/** What a request may cost before its handler: no more than its own size, and no more work than twenty faults are. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { takeBatch } from '../../src/dialects/native/reports/read-reports';
import { batchSchema } from '../../src/dialects/native/reports/report-bodies';
import { readReports } from '../../src/dialects/native/reports/report-frames';
import type { Json } from '../../src/domain/base/json';
import { findBadValue } from '../../src/http/json-limits';
import { readQuery } from '../../src/http/read-query';
import { makeClient, send } from '../support/client';
import { ROUTES } from '../support/routes';

const manyNames = (count: number) => Array.from({ length: count }, (_, n) => `job_tipe${n}=1`).join('&');

describe('the query', () => {
  it('may have a hundred parameters, and no more, on every route', async () => {
    const client = await makeClient();
    const routes = ROUTES.filter(({ surface, path }) => surface !== 'line' && !path.startsWith('/hooks/'));
    for (const { method, path, permission, body, headers } of routes) {
      if (permission === null && path !== '/openapi.json' && path !== '/healthz') continue;
      const at = path.replaceAll(/:\w+/g, 'x');
      const answer = await client.send(method, `${at}?${manyNames(101)}`, {
        body,
        ...(headers === undefined ? {} : { headers }),
      });
      expect([path, answer.status]).toEqual([path, 422]);
      expect(answer.json.errors ?? answer.json.error.details.errors).toEqual([
        { path: '', message: 'must have at most 100 parameters' },
      ]);
    }
  });

  it('is read no further than the twenty faults that are listed', async () => {
    const answer = await send(null, 'GET', `/openapi.json?${manyNames(100)}`);
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toHaveLength(20);
  });

  it('is read once, however many names it has', () => {
    let read = 0;
    class Counting extends URLSearchParams {
      override getAll(name: string) {
        read += this.size;
        return super.getAll(name);
      }
      override *[Symbol.iterator]() {
        for (const entry of super[Symbol.iterator]()) {
          read += 1;
          yield entry;
        }
        return undefined;
      }
    }
    readQuery(new Counting(manyNames(100)), z.strictObject({ job_type: z.string() }));
    expect(read).toBe(100);
  });
});

describe('a body', () => {
  /** A thousand reports, each with three hundred entries that are none. */
  const batch = (json: unknown) =>
    takeBatch({ json: json as Json, adjusted: [], bytes: 0, params: {} }, 'job');
  const entries = Array(100).fill({});
  const bad = { logs: entries, errors: entries, warnings: entries };

  it('is parsed no further than the twenty faults that are listed', () => {
    let read = 0;
    const reports = Array.from({ length: 1_000 }, () => {
      return new Proxy(bad, {
        get(target, name, receiver) {
          if (name === 'logs') read += 1;
          return Reflect.get(target, name, receiver);
        },
      });
    });
    const taken = batch({ reports });
    expect('code' in taken ? taken.errors : []).toHaveLength(20);
    expect('code' in taken ? taken.errors?.[0]?.path : '').toBe('reports.0.errors.0.entity_key');
    expect(read).toBeLessThan(10);
  });

  it('that is a list of bodies is parsed to what its schema says', () => {
    const sound = {
      reports: [{ message: 'a' }, { processed_items: 1, logs: [{ level: 'info', message: 'b' }] }],
    };
    const taken = batch(sound);
    expect('body' in taken ? taken.body.map(({ report }) => report) : null).toEqual(
      batchSchema.parse(sound).reports,
    );
    for (const wrong of [{}, [], null, { reports: [] }, { reports: 1 }, { reports: [1] }, { report: [] }]) {
      expect('body' in batch(wrong)).toBe(batchSchema.safeParse(wrong).success);
    }
  });

  it('names the place of a fault within the list', () => {
    const taken = batch({ reports: [{}, { proccessed_items: 1 }, 7] });
    expect(taken).toMatchObject({
      code: 'validation_failed',
      errors: [
        {
          path: 'reports.1.proccessed_items',
          message: 'is not a known field; did you mean processed_items?',
        },
        { path: 'reports.2', message: 'must be an object' },
      ],
    });
  });

  it('is looked through by places, not by values: a path is written for what is wrong alone', () => {
    const wide = { a: Array(200_000).fill(1), b: { c: [Array(10).fill('x'), { d: Number.NaN }] } };
    expect(findBadValue(wide)).toEqual({ path: 'b.c.1.d', message: 'must be a finite number' });
  });
});

it('a frame of unknown fields is told of twenty', () => {
  const frame = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`reprt${n}`, 1]));
  const answer = readReports(JSON.stringify(frame), { id: 1, ...frame }, [], 'job');
  expect('errors' in answer ? answer.errors : []).toHaveLength(20);
});
