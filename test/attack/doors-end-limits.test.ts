/** Beside an end, what breaks a limit is taken out, and nothing else is read otherwise for it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/domain/job/command.ts';
import { type Client, makeClient } from '../support/client.ts';
import { post, reported } from './read-back.ts';

const ISSUE = { entity_key: 'k', error_type: 't', message: 'm' };
const LOG = { level: 'warn', message: 'm' };
const VALID: Record<string, unknown> = {
  ...{ error: ISSUE, errors: [ISSUE], warning: ISSUE, warnings: [ISSUE], logs: [LOG] },
  ...{ mark_started: true, mark_completed: true, mark_failed: 'boom' },
  ...{ message: 'm', stage: 's', reporter: 'w', metadata_patch: { a: 1 }, result: { a: 1 } },
};
const LISTS = ['errors', 'warnings', 'logs'];
const WIDE = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`k${n}`, n]));
const DEEP = `${'['.repeat(40)}${']'.repeat(40)}`;

let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

/** A job that took `report` as its first, and what its answer ignored: what is of this one job alone is left out. */
async function taken(report: object) {
  const { id, answer, job } = await reported(client, JSON.stringify(report));
  const { logs } = (await client.get(`/api/jobs/${id}/logs?limit=100`)).json;
  // How long its type usually takes follows from the jobs before.
  const text = JSON.stringify([{ ...job.json, typical_seconds: null }, logs, answer.json.ignored ?? []]);
  const [own, lines, ignored] = JSON.parse(
    text.replaceAll(id, 'id').replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"time"'),
  );
  return { job: own, lines, ignored };
}

describe('a field beside an end', () => {
  it.each(Object.keys(reportSchema.shape))(
    '%s comes out as it does where no limit is broken',
    async (field) => {
      const valid = VALID[field] ?? 1;
      const lists = LISTS.includes(field) ? [[null], [null, ...(valid as object[]), {}]] : [];
      for (const value of [null, '', [], {}, valid, ...lists]) {
        const end = field === 'mark_completed' ? { mark_failed: 'boom' } : { mark_completed: true };
        const report = { ...end, [field]: value };
        const { ignored, ...alone } = await taken(report);
        const beside = await taken({ ...report, odd: WIDE });
        expect({ job: beside.job, lines: beside.lines }, JSON.stringify(value)).toEqual(alone);
        expect(beside.ignored.filter(({ path }: { path: string }) => path !== 'odd')).toEqual(ignored);
      }
    },
  );

  it('that is null is no entry', async () => {
    const none = { error: null, errors: null, warning: null, warnings: null, logs: null };
    for (const broken of ['1e999', '9'.repeat(401), DEEP, JSON.stringify(WIDE)]) {
      const { answer, job } = await reported(
        client,
        `{"mark_completed":true,"result":${broken},${JSON.stringify(none).slice(1)}`,
      );
      expect(job.json).toMatchObject({ status: 'completed', errors_total: 0, warnings_total: 0 });
      expect(answer.json.ignored).toEqual([
        { path: expect.stringMatching(/^result/), message: expect.anything() },
      ]);
    }
  });
});

it.each(['null', 'false', '0e999', DEEP])(
  'a report of a batch ends nothing by an empty mark_failed beside a mark_completed of %s',
  async (mark) => {
    const id = await client.createJob();
    const other = `{"mark_completed":${mark},"mark_failed":"","stage":"a","result":${JSON.stringify(WIDE)}}`;
    const answer = await post(
      client,
      `/api/jobs/${id}/progress/batch`,
      `{"reports":[${other},{"mark_completed":true}]}`,
    );
    expect(answer.json.job, answer.text).toMatchObject({
      status: 'completed',
      stage: 'a',
      error_message: null,
    });
    expect(answer.json.verdicts).toMatchObject([{ applied: true }, { applied: true }]);
  },
);
