import type { FollowedEvent } from '../../client/index.ts';
import { command } from '../command.ts';
import { Complaint } from '../complaint.ts';
import { connect } from '../connect.ts';
import { saysWhenLost } from '../connection.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { Deliveries, newSecret } from '../listen/delivery.ts';
import { note } from '../note.ts';
import { onceThere } from '../once-there.ts';
import { print, stdoutLook } from '../output.ts';
import { reasonOf } from '../reason-of.ts';
import { clean } from '../terminal/fitted.ts';
import { paint } from '../terminal/look.ts';
import { EVENT_OPTIONS, type EventOptions, eventFilterOf, lineOf } from './events-command.ts';

interface Options extends EventOptions {
  forwardTo?: string;
  secret?: string;
}

export const LISTEN = command<Options>({
  name: 'webhooks listen',
  about: 'try a receiver of webhooks on this machine, without an endpoint',
  options: [
    { flags: '--forward-to <url>', about: 'post each event there as a delivery' },
    {
      flags: '--secret <secret>',
      about: 'sign by this secret, whsec_…: a new one by default, which is printed',
    },
    ...EVENT_OPTIONS,
    { flags: '--after <cursor>', about: 'begin behind this cursor of the feed; from now on by default' },
  ],
  more: `Events come from the feed, so nothing has to be reachable from outside. A delivery is what an endpoint would be sent: body, \`webhook-id\`,
\`webhook-timestamp\` and \`webhook-signature\` ([webhooks](webhooks.md)). Each is sent once, one after the other, and its status is printed.`,
  async act(_, { forwardTo, secret = newSecret(), after = 'now', ...rest }) {
    if (forwardTo !== undefined && !/^https?:\/\//.test(forwardTo)) {
      throw new Complaint(
        `--forward-to ${forwardTo}: an address begins with http:// or https://`,
        EXIT.usage,
      );
    }
    const headway = await connect(rest);
    const deliveries = new Deliveries(secret);
    if (forwardTo !== undefined) print(`Signed by ${secret}`);
    const { look } = stdoutLook();
    const lost = saysWhenLost(note);
    let isReady = false;
    const told = (connected: boolean) => {
      if (connected && !isReady)
        note(forwardTo === undefined ? 'listening' : `listening, and posting to ${forwardTo}`);
      isReady ||= connected;
      lost(connected);
    };
    return untilInterrupted(async (signal) => {
      const hear = async ({ cursor: _, ...one }: FollowedEvent) => {
        const line = lineOf(one, look);
        if (forwardTo === undefined) return print(line);
        try {
          const status = await deliveries.post(forwardTo, one.id, deliveries.bodyOf(one), signal);
          const isTaken = status >= 200 && status < 300;
          print(`${paint(look, isTaken ? 'good' : 'bad', String(status))}  ${line}`);
        } catch (error) {
          signal.throwIfAborted();
          print(`${paint(look, 'bad', '---')}  ${line}  ${clean(reasonOf(error))}`);
        }
      };
      const hearAll = async () => {
        const stream = headway.events({ ...{ after, signal, told }, ...eventFilterOf(rest) });
        for await (const one of stream) await hear(one);
      };
      await onceThere(hearAll, lost, signal);
      return EXIT.ok;
    });
  },
});
