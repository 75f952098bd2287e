/** An outbox for tests that talk to it alone. */
import assert from 'node:assert/strict';
import type { Dropped } from '../../src/client/gathering.ts';
import { Outbox } from '../../src/client/outbox.ts';
import { partsOf, sayingOf } from '../../src/client/saying.ts';
import type { Report } from '../../src/client/types.ts';

export const NOW = Date.UTC(2026, 10, 22);
/** A report as it is sent: what is absent is not there. */
export type Numbered = { [Field in keyof Report]?: NonNullable<Report[Field]> } & {
  reporter?: string;
  sequence?: number;
};

/** An outbox that is said reports to, and sealed. */
export function open(room?: ConstructorParameters<typeof Outbox>[2]) {
  const outbox = new Outbox('me', NOW, room);
  const say = (report: Report) => {
    const saying = sayingOf(report, NOW, () => assert.fail('a fault'));
    for (const part of partsOf(saying)) outbox.gathering.say(part);
  };
  const dropped: Dropped[] = [];
  const seal = () => outbox.seal(NOW, (one) => dropped.push(one));
  return { outbox, say, seal, dropped };
}

/** The reports of a request. */
export function reportsOf(body: string | undefined): Numbered[] {
  return body === undefined ? [] : (JSON.parse(body) as { reports: Numbered[] }).reports;
}
